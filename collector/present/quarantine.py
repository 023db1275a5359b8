"""Why a lead stands apart as spam, in words: the names in `lead.quarantine` (`domain.spam.GROUPS`, `PERSON`)."""

from __future__ import annotations

from . import words
from .language import N_, catalogue

SENTENCES = {
    "person": N_("Somebody of your team said that it is spam."),
    "links": N_("The message is little more than links to other sites."),
    "short-link": N_("The message has a shortened link, which hides where it leads."),
    "markup": N_("The message has links written as code, as programs write them for forums."),
    "phrases": N_("The message offers what spam offers."),
    "mass": N_("The message was written to many sites at once."),
    "script": N_("The message is in a script that your visitors do not write in."),
    "name-link": N_("An address of a web page stands where a name belongs."),
    "name-mash": N_("The name is letters hit at random."),
    "name-made": N_("The name is written as programs make names."),
    "text-mash": N_("The message is letters hit at random."),
    "same-text": N_("The message is the same text as the name or the company."),
    "disposable": N_("The e-mail address is a throw-away one."),
    "dotted": N_("The e-mail address has dots put into it at random."),
    "phone": N_("The phone number cannot be anybody’s."),
    "trap": N_("A field was filled in that tells people to leave it empty."),
}
SHORT = {
    "person": N_("said by a person"),
    "links": N_("links"),
    "short-link": N_("shortened link"),
    "markup": N_("links as code"),
    "phrases": N_("spam offer"),
    "mass": N_("sent to many"),
    "script": N_("other script"),
    "name-link": N_("web page as a name"),
    "name-mash": N_("random name"),
    "name-made": N_("made-up name"),
    "text-mash": N_("random message"),
    "same-text": N_("message as name"),
    "disposable": N_("throw-away address"),
    "dotted": N_("dotted address"),
    "phone": N_("impossible number"),
    "trap": N_("field for nobody"),
}


def sentences(quarantine: str, language: str) -> list[str]:
    """The reasons as sentences; none where it does not stand apart."""
    return [words.say(SENTENCES, name, language) for name in quarantine.split(",") if name]


def short(quarantine: str, language: str) -> str:
    """The reasons in one line, for a list: `links, throw-away address`."""
    return ", ".join(words.say(SHORT, name, language) for name in quarantine.split(",") if name)


def story(quarantine: str, language: str) -> list[str]:
    """What whoever wrote it is told on their own page."""
    if not quarantine:
        return []
    _ = catalogue(language).gettext
    return [_("What you sent stands apart as spam and may not be read: %(reasons)s.") % {"reasons": short(quarantine, language)}]
