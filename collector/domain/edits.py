"""What people say of a lead: status, owner, tags, notes and corrections, folded from edits that are only ever added.

Of a lead that others were merged into, what can only be one is the kept lead's own, else the newest of the others'; tags and
notes are all of theirs. An edit that was undone says nothing, whenever that came.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

KINDS = ("status", "owner", "tag", "untag", "note", "field", "apart", "spam", "undo")
STATUSES = ("new", "contacted", "qualified", "won", "lost")
FIELDS = ("name", "given_name", "family_name", "email", "phone", "organization")
TAG_LIMIT = 40
TAGS_MOST = 20
NOTE_LIMIT = 4_000
FIELD_LIMIT = 200


class Edit(Struct, frozen=True):
    """One edit: of a `field` its name stands in `name`, of `apart` the other lead's id, of `undo` the edit's (both in hex);
    `bulk_id` says with which others of other leads it was made."""

    at: int
    id: bytes
    lead_id: bytes
    kind: str
    name: str
    value: str
    actor: str
    bulk_id: bytes | None = None


class Standing(Struct, frozen=True):
    """What stands of a lead's edits."""

    status: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    notes: tuple[Edit, ...] = ()
    fields: dict[str, str] = {}
    apart: frozenset[str] = frozenset()
    spam: str = ""  # yes | no | empty where nobody said


def standing(edits: Iterable[Edit]) -> list[Edit]:
    """The edits that were not undone, in their order."""
    ordered = sorted(edits, key=lambda edit: (edit.at, edit.id))
    undone = {edit.name for edit in ordered if edit.kind == "undo"}
    return [edit for edit in ordered if edit.kind != "undo" and edit.id.hex() not in undone]


def fold(edits: Iterable[Edit], kept: bytes) -> Standing:
    """What stands of a lead with the id `kept` and of those that were merged into it."""
    told = standing(edits)
    if not told:
        return Standing()
    named = sorted({edit.name for edit in told if edit.kind == "field"})
    return Standing(
        status=_newest(told, "status", "", kept) or "",
        owner=_newest(told, "owner", "", kept) or "",
        tags=_tags(told),
        notes=tuple(edit for edit in told if edit.kind == "note"),
        fields={name: value for name in named if (value := _newest(told, "field", name, kept)) is not None},
        apart=frozenset(edit.name for edit in told if edit.kind == "apart"),
        spam=_newest(told, "spam", "", kept) or "",
    )


def _newest(told: Sequence[Edit], kind: str, name: str, kept: bytes) -> str | None:
    found = [edit for edit in told if edit.kind == kind and edit.name == name]
    own = [edit for edit in found if edit.lead_id == kept]
    return (own or found)[-1].value if found else None


def _tags(told: Sequence[Edit]) -> tuple[str, ...]:
    """Every tag that one of the leads bears."""
    borne: dict[tuple[bytes, str], bool] = {}
    for edit in told:
        if edit.kind in ("tag", "untag"):
            borne[edit.lead_id, edit.value] = edit.kind == "tag"
    return tuple(sorted({tag for (_lead, tag), bears in borne.items() if bears}, key=str.casefold))


def bearers(edits: Iterable[Edit], tag: str) -> list[bytes]:
    """Which of the leads bear a tag."""
    borne: dict[bytes, bool] = {}
    for edit in standing(edits):
        if edit.kind in ("tag", "untag") and edit.value == tag:
            borne[edit.lead_id] = edit.kind == "tag"
    return sorted(lead for lead, bears in borne.items() if bears)
