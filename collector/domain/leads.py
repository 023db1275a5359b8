"""Leads: what a submission says, which ones count, and the row that sums a lead up."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from msgspec import Struct, structs

from . import spam
from .edits import Standing
from .events import HAND, LETTER, TRAP, Field
from .fields import Contact, is_login, meanings, phone
from .seals import words
from .sessions import Touch, digest
from .signs import bare

SAME_WITHIN = 60_000


class Conversion(Struct, frozen=True):
    """One submission, read. `lead_id` is its lead's, or for a message an id of its own."""

    id: bytes
    site_id: int
    lead_id: bytes
    kind: str  # lead | message
    at: int
    visitor: str | None
    result: str
    digest: bytes
    form: str
    url: str
    email: str
    phone: str
    name: str
    given_name: str
    family_name: str
    organization: str
    subject: str
    message: str
    marketing: int
    marketing_text: str
    marks: int
    counted: int = 1
    duplicate_of: bytes | None = None
    received_at: int = 0


class Lead(Struct, frozen=True):
    """The row of the list: everything that follows from a lead's conversions and its visits."""

    id: bytes
    kind: str
    created_at: int
    last_seen_at: int
    name: str
    given_name: str
    family_name: str
    email: str
    phone: str
    organization: str
    message: str
    site_id: int
    form: str
    page: str
    submissions: int
    visits: int
    first: Touch | None
    last: Touch | None
    marketing_consent: str
    marks: int
    status: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    quarantine: str = ""

    @property
    def apart(self) -> bool:
        """Whether it stands apart as spam, and counts nowhere."""
        return self.quarantine != ""


class Said(Struct, frozen=True):
    """What the site said of a lead by `identify`; read as a submission's contact is. Unless it is `signed`, any page may have said it."""

    at: int
    id: bytes
    lead_id: bytes
    site_id: int
    url: str
    email: str
    phone: str
    name: str
    given_name: str
    family_name: str
    organization: str
    message: str = ""
    signed: bool = False


class Known(Struct, frozen=True):
    """What is known of a lead beside its submissions and visits: what the site said, what people said, when others were merged into it,
    when it last said that nobody may write to it, and when it objected."""

    said: Sequence[Said] = ()
    edits: Standing = Standing()
    merged_at: int | None = None
    denied_at: int | None = None
    objected_at: int | None = None


class Visit(Struct, frozen=True):
    """What a lead's row needs of one of its sessions."""

    started_at: int
    ended_at: int
    marks: int
    language: str = ""


NOTHING_ELSE = Known()
Homes = Mapping[int, tuple[str, str]]  # by site: country (ISO 3166) and domain
NO_HOMES: Homes = {}


def identifier(contact: Contact, country: str) -> tuple[str, str] | None:
    """The (kind, value) by which a submission names its lead. A phone is one only while there is no e-mail."""
    if contact.kind != "lead":
        return None
    if contact.email:
        return ("email", contact.email)
    return ("phone", phone(contact.phone, country) or contact.phone)


def worth_keeping(fields: Sequence[Field]) -> bool:
    """Whether a form may be kept with its values (DESIGN 5): not a login, and one with a field for a contact or a message."""
    if is_login(fields):
        return False
    return any(meaning in _SPEAKING and not field.withheld for meaning, field in zip(meanings(fields), fields, strict=True))


_SPEAKING = frozenset({"email", "tel", "message"})


def same_digest(site: int, form: str, contact: Contact, fields: Sequence[Field]) -> bytes:
    """Equal for two sendings of one form with the same contact and the same values."""
    values = "\x1f".join(f"{field.name}\x1e{field.value or ''}\x1e{field.checked}" for field in fields)
    return digest("same", site, form, contact.email, contact.phone, values)


def result_of(results: Iterable[tuple[int, bytes, str]]) -> str:
    """The result that stands, of (at, id, result): a known one beats `unknown`, a later one an earlier."""
    standing = "unknown"
    for _at, _id, result in sorted(results):
        if result != "unknown":
            standing = result
    return standing


def count(group: Iterable[Conversion]) -> list[Conversion]:
    """Says which conversions of one digest count: none that failed, and one of those within 60 seconds."""
    counted: list[Conversion] = []
    last: Conversion | None = None
    for conversion in sorted(group, key=lambda one: (one.at, one.id)):
        if conversion.result == "failed":
            counted.append(structs.replace(conversion, counted=0, duplicate_of=None))
        elif last is not None and conversion.at - last.at <= SAME_WITHIN:
            counted.append(structs.replace(conversion, counted=0, duplicate_of=last.id))
        else:
            last = structs.replace(conversion, counted=1, duplicate_of=None)
            counted.append(last)
    return counted


def summarise(
    conversions: Iterable[Conversion],
    visits: Sequence[Visit],
    touches: Sequence[Touch],
    known: Known = NOTHING_ELSE,
    homes: Homes = NO_HOMES,
) -> Lead | None:
    """The row of one lead, or None if nothing of it counts. `homes` are country and domain of the sites, by which spam is told.

    The newest value wins of those that were declared: typed in a form, or signed by the site's server. What a page said unsigned
    stands only where nothing was declared. Empty values never overwrite, and what people corrected beats them all.
    """
    sent = sorted((one for one in conversions if one.counted), key=lambda one: (one.at, one.id))
    told: list[Conversion | Said] = sorted([*sent, *known.said], key=lambda one: (one.at, one.id))
    if not told:
        return None
    first, ranked = told[0], sorted(told, key=_is_declared)
    ways = sorted(touches, key=lambda touch: (touch.at, touch.id))
    given, family, full = _names(ranked)
    marks = reduce(or_, [*(one.marks for one in sent), *(visit.marks for visit in visits)], 0)
    lead = Lead(
        id=first.lead_id,
        kind=first.kind if isinstance(first, Conversion) else "lead",
        created_at=first.at,
        last_seen_at=max([told[-1].at, *(visit.ended_at for visit in visits)]),
        name=full,
        given_name=given,
        family_name=family,
        email=_newest(ranked, "email"),
        phone=_newest(ranked, "phone"),
        organization=_newest(ranked, "organization"),
        message=_newest(ranked, "message"),
        site_id=first.site_id,
        form=first.form if isinstance(first, Conversion) else "",
        page=first.url,
        submissions=len(sent),
        visits=len(visits),
        first=ways[0] if ways else None,
        last=ways[-1] if ways else None,
        marketing_consent="granted" if _may_write(sent, told, known) else "none",
        marks=marks & ~LETTER,
        status=known.edits.status,
        owner=known.edits.owner,
        tags=known.edits.tags,
        language=min((visit.started_at, visit.language) for visit in visits)[1] if visits else "",
        quarantine=_quarantine(sent, known, homes),
    )
    return _corrected(lead, known.edits.fields) if known.edits.fields else lead


def _quarantine(sent: Sequence[Conversion], known: Known, homes: Homes) -> str:
    """Why a lead stands apart. What a person of the account typed in, or the site's server said, is no spam, whatever its signs."""
    if not known.edits.spam and (not sent or any(one.signed for one in known.said) or any(one.marks & HAND for one in sent)):
        return ""
    return spam.quarantine(known.edits.spam, (_spoken(one, homes) for one in sent))


def _spoken(one: Conversion, homes: Homes) -> spam.Spoken:
    country, domain = homes.get(one.site_id, ("", ""))
    texts = (one.name, one.given_name, one.family_name, one.organization, one.subject, one.message[: spam.READ])
    return spam.Spoken(one.email, one.phone, *texts, country, domain, bool(one.marks & TRAP))


def _is_declared(one: Conversion | Said) -> bool:
    return isinstance(one, Conversion) or one.signed


def _may_write(sent: Sequence[Conversion], told: Sequence[Conversion | Said], known: Known) -> bool:
    """Whether a lead gave permission to write. One that several were merged into gave it where each of them did, or anew since;
    one that said no, anew since."""
    since = known.denied_at
    given = [one for one in sent if one.marketing and (since is None or one.at > since)]
    if known.merged_at is None or not given:
        return bool(given)
    return given[-1].at > known.merged_at or {_own(one) for one in given} == {_own(one) for one in told}


def _own(one: Conversion | Said) -> str:
    """What a lead was named by before it was merged."""
    return one.email or one.phone


def _corrected(lead: Lead, fields: dict[str, str]) -> Lead:
    """The lead as people corrected it; a full name that nobody corrected is made of its parts."""
    made = structs.replace(lead, **fields)
    if "name" not in fields and fields.keys() & {"given_name", "family_name"}:
        made = structs.replace(made, name=" ".join(filter(None, (made.given_name, made.family_name))))
    elif "name" in fields and not fields.keys() & {"given_name", "family_name"}:
        made = structs.replace(made, given_name="", family_name="")
    return made


def _newest(told: Sequence[Conversion | Said], name: str) -> str:
    return next((value for one in reversed(told) if (value := getattr(one, name))), "")


def _names(told: Sequence[Conversion | Said]) -> tuple[str, str, str]:
    """Given, family and full name of the newest submission that gave one; the full name is made of its parts."""
    for one in reversed(told):
        if one.given_name or one.family_name or one.name:
            parts = " ".join(part for part in (one.given_name, one.family_name) if part)
            given = one.given_name or _newest(told, "given_name") if not one.name else one.given_name
            family = one.family_name or _newest(told, "family_name") if not one.name else one.family_name
            joined = " ".join(part for part in (given, family) if part)
            return given, family, one.name or joined or parts
    return "", "", ""


def addresses(lead: Lead, conversions: Iterable[Conversion]) -> list[str]:
    """All addresses of a lead, its own first, then the newest: several were merged. One that people corrected is the only one."""
    typed = [one.email for one in sorted(conversions, key=lambda one: (one.at, one.id), reverse=True) if one.counted and one.email]
    return list(dict.fromkeys([lead.email, *typed])) if lead.email in typed else [lead.email]


SEARCH_LIMIT = 600
SEARCH_BYTES = 900  # it stands in an index beside two sources of 200 characters; PostgreSQL bounds such a row at 2,704 bytes


class Sought(NamedTuple):
    """What of a lead the search box reads."""

    name: str
    given_name: str
    family_name: str
    email: str
    phone: str
    organization: str
    page: str
    message: str


def sought(lead: Lead) -> Sought:
    """What the search box reads of a lead."""
    return Sought(*(getattr(lead, name) for name in Sought._fields))


def search_text(of: Lead | Sought) -> str:
    """It in one text: folded, so that `helene` finds `Hélène`."""
    parts = (of.name, of.given_name, of.family_name, of.email, of.phone, of.organization, of.page[:200], of.message[:500])
    return fold_text(" ".join(parts))[:SEARCH_LIMIT].encode("utf-8", "replace")[:SEARCH_BYTES].decode("utf-8", "ignore")


def search_words(of: Sought) -> set[str]:
    """It in words, for a blind index: those of a message whole, of all else their beginnings too."""
    return words(fold_text(of.message[:500]), fold_text(" ".join((*of[:6], of.page[:200]))))


def fold_text(text: str) -> str:
    """Lower case, without accents and unseen signs, one blank between words."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", bare(text)) if not unicodedata.combining(char))
    return " ".join(plain.casefold().split())
