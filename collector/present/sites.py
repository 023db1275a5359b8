"""Sites and their settings, in words."""

from __future__ import annotations

from .language import N_

STATES = {
    "good": N_("Works"),
    "quiet": N_("Quiet"),
    "silent": N_("Not heard yet"),
    "archived": N_("Archived"),
    "leaving": N_("Being deleted"),
}
CONSENTS = {
    "required": N_("Ask each visitor: nothing is kept on the device before they agree"),
    "granted": N_("I have their consent already, obtained elsewhere"),
    "off": N_("Send nothing at all before they agree"),
}
FAULTS = {
    "empty": N_("One of these is no host name. Write each as in shop.example.com, one a line."),
    "not-a-host": N_("One of these is no host name. Write each as in shop.example.com, one a line."),
    "kept": N_("A parameter’s name has letters, digits and _ . ~ -; at most 50 of them, one a line."),
    "zone": N_("There is no such time zone. Write it as in Europe/Paris."),
    "country": N_("Choose a country."),
    "country-late": N_("Forms were sent already, and their phone numbers read as this country’s: it cannot change any more."),
    "consent": N_("Choose one of the three."),
    "leaving": N_("This site is being deleted."),
    "sure": N_("This is not the domain of the site. Type it exactly as it stands above."),
}
PLACES = {"empty": "hosts", "not-a-host": "hosts", "country-late": "country"}  # the field of a fault that is not named as it is
