"""Words about the people who work here: roles, passwords that will not do, what went wrong with a user."""

from __future__ import annotations

from .language import N_

ROLES = {"owner": N_("Account owner"), "marketer": N_("Marketer"), "viewer": N_("Viewer")}
MAY = {
    "owner": N_("Everything, with sites, people and settings."),
    "marketer": N_("Leads, requests, reports, goals and costs; no sites, people or settings."),
    "viewer": N_("Reads every screen and exports; changes nothing."),
}
FAULTS = {
    "email": N_("This is not an e-mail address."),
    "role": N_("Choose one of the roles."),
    "taken": N_("Somebody with this e-mail address is already here."),
    "unknown": N_("This person is not here any more."),
    "last": N_("Nobody else owns this account. Make somebody else an owner first."),
    "short": N_("The password needs at least 8 characters. Any will do; a sentence is easy to remember."),
    "long": N_("The password has more than 1,000 characters."),
    "common": N_("This password is among those that are guessed first. A few words that do not belong together are better."),
    "yours": N_("This password is little more than your e-mail address, which a guesser tries first."),
    "current": N_("This is not your current password."),
    "zone": N_("Choose a time zone of the list."),
    "wait": N_("Too many attempts. Try again in a minute."),
}
