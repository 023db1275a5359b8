"""What the three forms of the demo site accept: values in, the names of the faulty fields out. Nothing is kept."""

import re
from collections.abc import Mapping

SERVICES = ("pac", "solaire", "isolation", "eau-chaude", "ventilation", "audit")
BUDGETS = ("moins-10", "10-20", "plus-20", "inconnu")

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_POSTAL_CODE = re.compile(r"[0-9]{5}")


def is_email(text: str) -> bool:
    """Say whether the text looks like an address; loose on purpose, as on most sites."""
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    """Say whether the text holds the 9 to 15 digits of a phone number, however they are set apart."""
    return 9 <= sum(c.isdigit() for c in text) <= 15 and not any(c.isalpha() for c in text)


def contact_faults(values: Mapping[str, str]) -> list[str]:
    """Name the fields of the contact form that are missing or unreadable, in the form's order."""
    faults = [name for name in ("nom", "prenom") if not values.get(name)]
    if not is_email(values.get("email", "")):
        faults.append("email")
    if values.get("telephone") and not is_phone(values["telephone"]):
        faults.append("telephone")
    if not values.get("message"):
        faults.append("message")
    return faults


def quote_faults(values: Mapping[str, str]) -> list[str]:
    """Name the faulty fields of the quote request; an e-mail or a phone is enough, neither is a fault of `email`."""
    email, phone, surface = values.get("email", ""), values.get("telephone", ""), values.get("surface", "")
    wrong = {
        "service": values.get("service") not in SERVICES,
        "surface": not (surface.isascii() and surface.isdigit() and 1 <= len(surface) <= 5 and int(surface) > 0),
        "code_postal": _POSTAL_CODE.fullmatch(values.get("code_postal", "")) is None,
        "ville": not values.get("ville"),
        "email": not is_email(email) if email else not phone,
        "telephone": bool(phone) and not is_phone(phone),
        "budget": values.get("budget", "inconnu") not in BUDGETS,
    }
    return [name for name, fault in wrong.items() if fault]
