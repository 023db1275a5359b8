"""Codes in words, in two languages. A code that is unknown here is shown as it is: new data, older screens."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, urlsplit

import phonenumbers

from .language import N_, catalogue

CHANNELS = {
    "Direct": N_("Direct visit"),
    "Cross-network": N_("Cross-network ads"),
    "Paid Shopping": N_("Paid shopping"),
    "Paid Search": N_("Paid search"),
    "Paid Social": N_("Paid social"),
    "Paid Video": N_("Paid video"),
    "Display": N_("Display ads"),
    "Paid Other": N_("Other paid"),
    "Organic Shopping": N_("Shopping"),
    "Organic Social": N_("Social network"),
    "Organic Video": N_("Video"),
    "AI Assistants": N_("AI assistant"),
    "Organic Search": N_("Search engine"),
    "Email": N_("Email"),
    "Affiliates": N_("Affiliate"),
    "Audio": N_("Audio"),
    "SMS": N_("SMS"),
    "Mobile Push": N_("Push notification"),
    "Referral": N_("Link on another site"),
    "Unassigned": N_("Other tagged link"),
}
KINDS = {"lead": N_("Lead"), "message": N_("Message")}
RESULTS = {
    "confirmed": N_("The page confirmed the sending"),
    "failed": N_("The sending failed: it does not count"),
    "unknown": N_("The page did not say whether it arrived"),
}
WITHHELD = {
    "password": N_("password, never captured"),
    "card": N_("card number, never captured"),
    "otp": N_("one-time code, never captured"),
    "id-number": N_("identity number, never captured"),
    "hidden": N_("hidden field, not captured"),
    "file": N_("file, not captured"),
    "special": N_("sensitive subject, not captured"),
    "optout": N_("left out by the page"),
    "name": N_("left out because of its name"),
    "value": N_("left out because of what it held"),
}
MARKS = {
    "automated": N_("Automated browser"),
    "headless": N_("Headless browser"),
    "library": N_("Sent by a program"),
    "crawler": N_("Crawler"),
    "no-origin": N_("Origin not stated"),
    "pixel": N_("Seen by the pixel only"),
    "letter": N_("Came by a link in a letter"),
    "hand": N_("Typed in by hand"),
    "trap": N_("Filled in a field for nobody"),
}
CLICKS = {
    "outbound": N_("Left for another site"),
    "download": N_("Downloaded"),
    "email": N_("Clicked an e-mail address"),
    "phone": N_("Clicked a phone number"),
    "message": N_("Opened a chat"),
    "share": N_("Shared the page"),
    "map": N_("Opened a map"),
    "calendar": N_("Opened a calendar"),
}
CONVERSIONS = {
    "lead": N_("Became a lead"),
    "again": N_("Sent a form again"),
    "opportunity": N_("Qualified"),
    "won": N_("Won"),
}
REMARKS = {
    "edit": N_("Changed here"),
    "note": N_("Note"),
    "merge": N_("Merged"),
    "permission": N_("Consent"),
    "letter": N_("Letter"),
    "request": N_("Asked about their own data"),
}
ASKED = {
    "access": N_("Asked for access"),
    "correction": N_("Asked for a correction"),
    "erasure": N_("Asked for erasure"),
    "objection": N_("Objected"),
    "withdrawal": N_("Took consent back"),
}
TIES = {
    "": N_("tied to it: the evidence is not kept any more"),
    "form": N_("it sent a form"),
    "login": N_("the site said who was signed in"),
    "identify": N_("the page said who it was"),
    "email_link": N_("it followed a link in a letter to this address"),
}
DEVICES = {"desktop": N_("computer"), "mobile": N_("phone"), "tablet": N_("tablet"), "other": ""}
CONSENTS = {
    "required": N_("asked of each visitor"),
    "granted": N_("obtained elsewhere"),
    "off": N_("nothing is sent before consent"),
}
GIVEN = {  # how permission to write was given to somebody who typed it in
    "person": N_("Said in person"),
    "phone": N_("Said on the phone"),
    "letter": N_("Written on paper"),
    "email": N_("Written in an e-mail"),
    "other": N_("In another way"),
}
HOST_FAULTS = {
    "empty": N_("Type the domain of the site, such as example.com."),
    "not-a-host": N_("This is not a domain. Type it as in example.com, without a path."),
}

_NONE = frozenset({"", "(direct)", "(none)", "(not set)"})
# A key that the tag made of a form's action and fields: `f` and a number in base 36, told from a name by a digit inside.
_HASH = re.compile(r"(~|#|h[:_-])?[0-9a-f]{12,64}|f(?=[a-z0-9]*[0-9][0-9]*[a-z])[a-z0-9]{6,7}")


def say(table: dict[str, str], code: str, language: str) -> str:
    """The words of a code, from one of the tables above."""
    words = table.get(code)
    return catalogue(language).gettext(words) if words else code


def channel(code: str, language: str) -> str:
    """A channel of domain.channels.CHANNELS; empty for none."""
    return say(CHANNELS, code, language) if code else ""


def came_from(channel_code: str, source: str, medium: str, campaign: str, language: str) -> str:
    """Where an arrival came from: `Email: lettre, campaign “rentree”`; empty where nothing is known."""
    _ = catalogue(language).gettext
    said = channel(channel_code, language)
    if source not in _NONE:
        said = _("%(channel)s: %(source)s") % {"channel": said, "source": source} if said else source
    if channel_code == "Unassigned" and medium not in _NONE:
        said = _("%(origin)s, medium “%(medium)s”") % {"origin": said, "medium": medium}
    if campaign not in _NONE:
        said = _("%(origin)s, campaign “%(campaign)s”") % {"origin": said, "campaign": campaign}
    return said


def agent(text: str, language: str) -> str:
    """`Chrome 156 · Linux · desktop` in words; a device that is not known is left out."""
    _ = catalogue(language).gettext
    parts = text.split(" · ")
    if parts[-1] in DEVICES:
        parts[-1] = _(DEVICES[parts[-1]]) if DEVICES[parts[-1]] else ""
    return " · ".join(part for part in parts if part)


def form(key: str) -> str:
    """The name of a form, by its key; one that is known only by a hash has none."""
    return "" if _HASH.fullmatch(key) else key


def sent(key: str, language: str) -> str:
    """That a form was sent, by its name where it has one."""
    _ = catalogue(language).gettext
    name = form(key)
    return _("Sent the form “%(form)s”") % {"form": name} if name else _("Sent a form")


def page(url: str, language: str) -> str:
    """The path of a URL as a person would name it; what cannot be read is shown as it is."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return url
    if path in ("", "/"):
        return catalogue(language).gettext("home page") if url else ""
    return path


def is_link(url: str) -> bool:
    """Whether a captured URL may be made a link: http and https only."""
    return bool(re.match(r"https?://[^\s/]", url, re.IGNORECASE))


def on_page(url: str, language: str) -> str:
    """On which page: `on the page /contact`, `on the home page`; empty where it is not known."""
    _ = catalogue(language).gettext
    name = page(url, language)
    if name == _("home page"):
        return _("on the home page")
    return _("on the page %(page)s") % {"page": name} if name else ""


@lru_cache(1024)
def phone(number: str) -> str:
    """`+33612345678` as people write it: `+33 6 12 34 56 78`; a number that was kept as typed stays so."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return number


def phone_link(number: str) -> str:
    """The `tel:` link of a number, or empty where it is none."""
    digits = re.sub(r"[\s().\-/]", "", number)
    return f"tel:{digits}" if re.fullmatch(r"\+?\d{3,15}", digits, re.ASCII) else ""


def mail_link(email: str) -> str:
    """The `mailto:` link of an address: nothing in it can add a header or another addressee."""
    return f"mailto:{quote(email, safe='@')}"
