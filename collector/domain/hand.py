"""A lead that somebody typed in: the fields of its submission, and what they say. Each is known by its name; nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from .events import Field
from .fields import Contact, email, phone

HOW = "hand"  # of such a submission
LIMITS = {"name": 200, "email": 254, "phone": 60, "organization": 200, "message": 4_000, "source": 200, "permission": 1_000}
GIVEN = ("person", "phone", "letter", "email", "other")  # how permission to write was given
_FEWEST_DIGITS = 6  # of a phone number, as in forms


class Typed(Struct, frozen=True):
    """What was typed, trimmed; `given` is one of GIVEN where there is a `permission`, the text by which it was given."""

    name: str = ""
    email: str = ""
    phone: str = ""
    organization: str = ""
    message: str = ""
    source: str = ""
    permission: str = ""
    given: str = ""


def fault(typed: Typed, country: str) -> str:
    """Why it will not do: `contact` (neither address nor number), `email`, `phone`, `given`, `permission` (how
    it was given, and not what), or `long:` and a field; else empty."""
    if long := next((name for name, limit in LIMITS.items() if len(getattr(typed, name)) > limit), ""):
        return f"long:{long}"
    if not typed.email and not typed.phone:
        return "contact"
    if typed.email and email(typed.email) is None:
        return "email"
    if typed.phone and not _number(typed.phone, country):
        return "phone"
    if typed.given and not typed.permission:
        return "permission"
    return "given" if typed.permission and typed.given not in GIVEN else ""


def fields(typed: Typed, labels: Mapping[str, str]) -> list[Field]:
    """The fields as they are kept, under the `labels` that the screen showed."""
    kinds = {"email": "email", "phone": "tel", "message": "textarea"}
    told = [
        Field(name=name, label=labels.get(name, ""), type=kinds.get(name, "text"), value=value)
        for name in LIMITS
        if name != "permission" and (value := getattr(typed, name))
    ]
    if typed.permission:
        label = labels.get("permission", "")
        told.append(Field(name="permission", label=label, type="checkbox", value=typed.given, text=typed.permission, checked=True))
    return told


def read(told: Iterable[Field], country: str) -> Contact:
    """The contact that they make. National numbers are read in `country`."""
    by_name = {field.name: field for field in told}
    said = {name: (field.value or "").strip() for name, field in by_name.items()}
    mail, number = email(said.get("email", "")) or "", _number(said.get("phone", ""), country)
    permission = by_name.get("permission")
    ticked = permission is not None and bool(permission.checked)
    return Contact(
        kind="lead" if mail or number else "none",
        email=mail,
        phone=number,
        name=said.get("name", ""),
        organization=said.get("organization", ""),
        message=said.get("message", ""),
        marketing=ticked,
        marketing_text=(permission.text or "") if permission is not None and ticked else "",
    )


def _number(text: str, country: str) -> str:
    """A number in E.164, or as it was typed where it cannot be read; empty where it is none."""
    return phone(text, country) or text if sum(map(str.isdigit, text)) >= _FEWEST_DIGITS else ""
