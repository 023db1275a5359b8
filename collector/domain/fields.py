"""What the fields of a sent form mean, and the contact that they make.

A field is read by its type, its autocomplete token, its label and hint, its name and id, and at last its value.
French and English come first; German, Spanish, Italian, Dutch and Portuguese follow.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import email_validator
import msgspec
import phonenumbers

from collector.domain.events import Field
from collector.domain.signs import straight
from collector.domain.vocabulary import ACCEPTS, CARD, MARKETING, NO_MARKETING, REFUSAL, TERMS, TRAP, by_words, is_country, plain

MEANINGS = (
    "email", "tel", "name", "given-name", "family-name", "additional-name", "organization", "job-title", "street",
    "postal-code", "city", "region", "country", "message", "subject", "consent-marketing", "consent-terms", "username",
    "search", "captcha", "url", "other",
)  # fmt: skip


# Addresses of examples and local networks are people's too; the library refuses them by this list, its documented knob.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


class Contact(msgspec.Struct, frozen=True):
    """Who sent a form. `kind` is lead (an e-mail or a phone), message (neither, but a text) or none; texts are "" when none."""

    kind: str = "none"
    email: str = ""
    phone: str = ""
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    organization: str = ""
    subject: str = ""
    message: str = ""
    marketing: bool = False
    marketing_text: str = ""


_TOKENS = {
    "email": "email", "tel": "tel", "tel-national": "tel", "tel-local": "tel", "name": "name", "given-name": "given-name",
    "family-name": "family-name", "additional-name": "additional-name", "organization": "organization",
    "organization-title": "job-title", "street-address": "street", "address-line1": "street", "address-line2": "street",
    "address-line3": "street", "postal-code": "postal-code", "address-level2": "city", "address-level1": "region",
    "country": "country", "country-name": "country", "username": "username", "url": "url", "one-time-code": "other",
    "nickname": "username", "bday": "other", "sex": "other", "honorific-prefix": "other", "honorific-suffix": "other",
    "tel-country-code": "other", "tel-extension": "other", "new-password": "other", "current-password": "other",
}  # fmt: skip

_SUM = re.compile(r"\d+\s*[+×*x]\s*\d+\s*(=|\?|$)")

_EMAIL = re.compile(r"[^\s@<>(),;:\"]{1,64}@[^\s@<>(),;:\"]+\.[^\s@<>(),;:\".]{2,}")
_NUMBERED = re.compile(
    r"commande|client|dossier|sire[nt]|facture|contrat|compte|adh[eé]rent|r[eé]f|order|customer|invoice|account|policy|member|serial"
    r"|vat\b|tva|matricule|permis|licen|code|zip|fax|iban|imei|montant|amount|price|prix",
    re.I,
)
_PHONE = re.compile(r"(\+|0)\d[\d\s().\-/]{7,22}")
_CHOICES = frozenset({"checkbox", "radio"})
_SELECTS = frozenset({"select", "select-one", "select-multiple"})
# What a kind of control can mean; other readings of its words are chance (a select beside «Téléphone» is a prefix).
_POSSIBLE = {
    "number": frozenset({"tel", "postal-code", "captcha"}),
    "textarea": frozenset({"message", "street", "subject"}),
} | dict.fromkeys(_SELECTS, frozenset({"country", "region", "city", "subject", "job-title", "organization", "postal-code"}))
_NAMED = frozenset({"given-name", "family-name"})
_EXACT = {
    "name": _NAMED | {"additional-name", "organization"},
    "street": _NAMED | {"email"},
    "username": frozenset({"email"}),
    "other": _NAMED | {"email"},
}
# Tokens that pages put on fields of which their own words say more.
_VAGUE = frozenset({"name", "username", "nickname"})
_LINES = frozenset({"text", ""})
_TITLE = re.compile(r"\b(titre|title|titel|titolo|titulo|tytul)\b")
_KIND = re.compile(r"\b(type|kind|categor\w+|rubrique|concern\w*|question|demande)\b")
_USER = re.compile(r"user[_-]?name|login|nick|pseudo", re.I)
_PART = re.compile(r"\b((?<!with )area|prefix\w*|suffix\w*|extension|indicatif|vorwahl)\b|country ?code")
_ADDRESS = frozenset({"street", "postal-code", "city", "region", "country"})


_NEVER = frozenset({
    "password", "hidden", "file", "submit", "button", "image", "reset", "range", "color", "date", "time", "month", "week", "datetime-local",
})  # fmt: skip


def meanings(fields: Sequence[Field]) -> list[str]:
    """One of MEANINGS for each field.

    A lone «Nom» is the whole name; beside a «Prénom» it is the family name. «Nome» beside «Cognome» is the given name. A «Name» that
    the page calls a user's, beside a password, is the account's; a «Titre» is a subject where there is a message.
    """
    found = [_meaning(field) for field in fields]
    password = any(field.withheld == "password" for field in fields)
    for place, field in enumerate(fields):
        if found[place] == "name":
            found[place] = _whose(found, place, field, password)
        elif found[place] in ("other", "message") and "message" in found[:place] + found[place + 1 :] and _is_topic(field):
            found[place] = "subject"
    return ["name" if meaning == "full-name" else meaning for meaning in found]


def _is_topic(field: Field) -> bool:
    """Whether a field beside a message is its subject: a title, or the choice of a kind."""
    if field.type in _LINES:
        return bool(_TITLE.search(plain(field.label or field.name)))
    return field.type in _SELECTS | {"radio"} and any(_KIND.search(plain(text)) for text in (field.hint, field.name))


def _whose(found: Sequence[str], place: int, field: Field, password: bool) -> str:
    """What a bare «Nom» is, by its neighbours, by its form, by the page's own name for it."""
    if password and _USER.search(field.name or field.id):
        return "username"
    beside = {*found[max(0, place - 1) : place], *found[place + 1 : place + 2]}
    for one, other in (("given-name", "family-name"), ("family-name", "given-name")):
        if (one in beside and other not in beside) or (one in found and other not in found):
            return other
    return "name"


def _meaning(field: Field) -> str:
    """The meaning of one field, its siblings unseen; "full-name" is a name that no sibling changes."""
    if field.type in _CHOICES:
        return _choice(field.type, field.text or "", field.label, field.hint, field.name, field.id)
    told = _told(field.type, field.autocomplete, field.label, field.hint, field.name, field.id)
    return told.meaning if told.settled else _by_value(field, told)


class _Told(msgspec.Struct, frozen=True):
    """What the words of a field say; `settled`: whatever stands in it; `part`, `numbered`: of a phone number, another number."""

    meaning: str
    settled: bool = True
    part: bool = False
    numbered: bool = False


@lru_cache(maxsize=4096)
def _told(kind: str, autocomplete: str, label: str, hint: str, name: str, id: str) -> _Told:
    """The same forms come again and again, hence the cache."""
    if kind in _NEVER:
        return _Told("other")
    token = _token(autocomplete)
    texts = [plain(text) for text in (label, hint, name, id)]
    if token in _TOKENS and not (token in _VAGUE and kind == "email"):
        meaning, exact = _TOKENS[token], _EXACT.get(_TOKENS[token], frozenset()) if token in _VAGUE else frozenset()
        return _Told(next((better for text in texts if (better := by_words(text)) in exact), meaning))
    if token.startswith("cc-") or any(TRAP.search(text) for text in texts):
        return _Told("other")
    if kind in ("email", "search", "url"):
        return _Told(kind)
    if _SUM.search(label) or _SUM.search(hint):
        return _Told("captcha")
    found = _by_texts(kind, hint, texts)
    if any(CARD.search(text) for text in texts) and found not in _ADDRESS:
        return _Told("other")
    if kind == "textarea":
        return _Told(found or "message")
    return _Told(found, False, any(_PART.search(text) for text in texts), bool(_NUMBERED.search(f"{label} {hint} {name}")))


def _by_texts(kind: str, hint: str, texts: list[str]) -> str:
    """The first meaning that label, hint, name or id give; a vague one yields to a more exact one further on."""
    possible = _POSSIBLE.get(kind)
    found = [meaning for text in texts if (meaning := by_words(text)) and (not possible or meaning in possible)]
    if not found:
        return "email" if not possible and _EMAIL.search(hint) else ""
    exact = _EXACT.get(found[0], frozenset())
    return next((meaning for meaning in found if meaning in exact), found[0])


def _by_value(field: Field, told: _Told) -> str:
    """What the value says where the words say little: an e-mail address is one wherever it stands, and so is what is written like a
    phone number («Votre numéro», «WhatsApp»), unless the words tell of another kind of number. A part of a number is none."""
    found, value = told.meaning, (field.value or "").strip()
    if field.type in _SELECTS and "+" not in (field.text or "") and is_country(field.text or ""):  # "+33": the country of a phone
        return "country"
    if found in ("", "other", "region") and is_country(value):
        return "country"
    if found in ("", "username", "other", "street") and _EMAIL.fullmatch(value):
        return "email"
    if found == "tel" or (field.type == "tel" and found not in ("postal-code", "other", "username")):
        part = told.part or 0 < sum(map(str.isdigit, value)) < 6
        return "other" if part else "tel"
    if not found and not told.numbered and _PHONE.fullmatch(value) and 9 <= sum(map(str.isdigit, value)) <= 15:
        return "tel"
    return found or "other"


@lru_cache(maxsize=4096)
def _choice(kind: str, shown: str, label: str, hint: str, name: str, id: str) -> str:
    """The meaning of a checkbox or radio: what is seen beside it speaks before its name."""
    for text in (f"{shown} {label} {hint}", f"{name} {id}"):
        words = plain(text)
        if MARKETING.search(words) and not NO_MARKETING.search(words) and not ACCEPTS.search(words):
            return "consent-marketing"
        if TERMS.search(words):
            return "consent-terms"
    asked = {by_words(plain(text)) for text in (hint, name)}
    return "subject" if kind == "radio" and asked & {"subject", "message"} else "other"


def _token(autocomplete: str) -> str:
    """The meaning of an autocomplete attribute: its last token but `webauthn`."""
    words = autocomplete.lower().removesuffix("webauthn").split()
    return words[-1] if words else ""


def read(fields: Sequence[Field], country: str = "FR") -> Contact:
    """The contact that a submission makes. National numbers are read in `country` (ISO 3166, the site's).

    Withheld and unticked fields give nothing; a login form (one password beside one typed field) gives none.
    """
    if is_login(fields):
        return Contact()
    kept = [
        (meaning, field, _text(field))
        for meaning, field in zip(meanings(fields), fields, strict=True)
        if not field.withheld and _text(field)
    ]  # fmt: skip

    def first(meaning: str) -> str:
        return next((text for found, _, text in kept if found == meaning), "")

    mail = next((found for meaning, _, text in kept if meaning in ("email", "username") and (found := email(text))), "")
    number = next((phone(text, country) or text for meaning, _, text in kept if meaning == "tel" and sum(map(str.isdigit, text)) >= 6), "")
    given, family = first("given-name"), first("family-name")
    message = first("message")
    ticked = next((field for meaning, field, text in kept if meaning == "consent-marketing" and _agreed(field, text)), None)
    return Contact(
        kind="lead" if mail or number else "message" if message else "none",
        email=mail, phone=number, name=first("name") or " ".join(filter(None, (given, family))),
        given_name=given, family_name=family, organization=first("organization"), subject=first("subject"), message=message,
        marketing=ticked is not None, marketing_text=(ticked.text or ticked.label or ticked.hint) if ticked else "",
    )  # fmt: skip


def _text(field: Field) -> str:
    if field.type in _CHOICES:
        return (field.text or field.label or field.value or "on") if field.checked else ""
    return straight((field.text if field.type in _SELECTS else None) or field.value or "").strip()


def _agreed(field: Field, text: str) -> bool:
    return bool(field.checked) and not field.preset and not REFUSAL.search(plain(text))


def is_trapped(fields: Sequence[Field]) -> bool:
    """Whether something stands in a field that tells people to leave it empty."""
    return any(field.value and not field.withheld and _is_trap(field.label, field.hint, field.name, field.id) for field in fields)


@lru_cache(maxsize=4096)
def _is_trap(*texts: str) -> bool:
    return any(TRAP.search(plain(text)) for text in texts)


def is_login(fields: Sequence[Field]) -> bool:
    """One password beside one typed field, and no card."""
    if any(field.withheld == "card" for field in fields):
        return False
    passwords = sum(field.withheld == "password" for field in fields)
    typed = sum(1 for field in fields if not field.withheld and field.type not in _CHOICES and (field.value or "").strip())
    return passwords == 1 and typed == 1


@lru_cache(maxsize=4096)
def email(text: str) -> str | None:
    """The normal form of an e-mail address, or None: NFC, trimmed, both parts in lower case, the domain as A-labels.

    Dots and +tags stay. Names kept for examples and local networks are taken, a domain without a dot is not.
    """
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text.strip()).lower())
    if "@" not in text or len(text) > 254:
        return None
    try:
        parts = email_validator.validate_email(text, check_deliverability=False, globally_deliverable=False)
    except (email_validator.EmailNotValidError, UnicodeError):
        return None
    domain = parts.ascii_domain or ""
    address = f"{parts.local_part.lower()}@{domain.lower()}"
    return address if re.search(r"\.[^.\d][^.]+$", domain) and len(address) <= 254 else None


@lru_cache(maxsize=4096)
def phone(text: str, country: str) -> str | None:
    """A phone number in E.164, or None where it is unreadable or impossible; national numbers are read in `country`."""
    try:
        number = phonenumbers.parse(text[:60], country.upper())
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
