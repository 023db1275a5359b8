"""What a site says of who is signed in (`identify`): its traits, read as a contact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .fields import Contact, email, phone
from .signs import straight

_KEYS = {
    "email": ("email", "mail", "emailaddress"),
    "phone": ("phone", "tel", "telephone", "phonenumber", "mobile"),
    "name": ("name", "fullname", "displayname"),
    "given_name": ("givenname", "firstname", "prenom"),
    "family_name": ("familyname", "lastname", "surname", "nom"),
    "organization": ("organization", "organisation", "company", "companyname", "societe"),
}
# What programs write where a value is missing (the lists of PostHog and Segment): nobody's name.
_NOBODY = frozenset(
    {
        "", "-", "-1", "0", "[object object]", "anonymous", "distinct_id", "distinctid", "email", "false", "guest", "id", "nan", "nil",
        "none", "not_authenticated", "null", "true", "undefined", "unknown",
    }
)  # fmt: skip
_PLACEHOLDERS = frozenset({"test@test", "a@a.a", "test@test.com", "test@test.fr", "test@example.com", "email@example.com"})


def read(traits: Mapping[str, Any], country: str = "FR") -> Contact:
    """The contact that traits make; `kind` is none where they name nobody. A national number is read in `country`."""
    told = {re.sub(r"[^a-z]", "", key.lower()): text for key, value in traits.items() if (text := _text(value))}
    found = {name: next((told[key] for key in keys if key in told), "") for name, keys in _KEYS.items()}
    mail = email(found["email"]) or ""
    if mail in _PLACEHOLDERS:
        mail = ""
    number = found["phone"] and (phone(found["phone"], country) or "")
    joined = " ".join(filter(None, (found["given_name"], found["family_name"])))
    return Contact(
        kind="lead" if mail or number else "none",
        email=mail,
        phone=number,
        name=found["name"] or joined,
        given_name=found["given_name"],
        family_name=found["family_name"],
        organization=found["organization"],
    )


def _text(value: Any) -> str:
    text = " ".join(straight(value).split()) if isinstance(value, str) else ""
    return "" if text.lower() in _NOBODY or not text.strip("0- ") else text[:200]
