"""The records that the rest of the house speaks of: a field, an event, a batch.

Everything here is checked and frozen: behind `protocol.parse` nobody asks again whether a text is a text.
"""

from __future__ import annotations

from msgspec import Struct

# The order is part of the stored form (an event's type is kept as its index): append only.
TYPES = (
    "view", "engage", "click", "custom", "form_view", "form_start", "form_abandon", "form_invalid",
    "form_submit", "form_result", "identify", "consent", "error", "reset",
)  # fmt: skip

# The keys of each type's data in the order in which they are stored: append only. What a submission, its result or a consent
# says stands in tables of their own, which are raw as well.
KEYS = {
    "view": ("referrer", "title", "nav", "again", "language", "agent", "company"),
    "engage": ("ms", "scroll"),
    "click": ("kind", "href", "text"),
    "custom": ("name", "props"),
    **dict.fromkeys(("form_view", "form_start", "form_abandon", "form_invalid"), ("form", "field", "reason")),
    "form_submit": (),
    "form_result": (),
    "identify": ("traits",),
    "consent": ("state",),
    "error": ("kind", "count", "message"),
    "reset": (),
}

# A run of these keeps a session alive; the others are said about the visitor, not done by them.
ACTIVITY = frozenset(TYPES) - {"form_result", "identify", "consent", "error", "reset"}

# Marks are kept as bits; the order is part of the stored form: append only.
MARKS = ("automated", "headless", "library", "crawler", "no-origin", "pixel", "letter", "hand", "trap")
LETTER = 1 << MARKS.index("letter")  # a view that a letter's link led to; says nothing of a lead
HAND = 1 << MARKS.index("hand")  # a submission that somebody of the account typed in: no form of a page was sent
TRAP = 1 << MARKS.index("trap")  # a submission with something in a field that says that nobody is to fill it in; derived


class Field(Struct, frozen=True, omit_defaults=True):
    """One field of a sent form, as it came over the wire (DESIGN 4.3).

    `value` is None where nothing was typed or where it was withheld; `withheld` then says why.
    `checked` is None for anything but a checkbox or a radio; `text` is the label of a checkbox or of the chosen
    option; `preset` says that a box stood ticked before the visitor came.
    """

    name: str = ""
    id: str = ""
    label: str = ""
    hint: str = ""
    type: str = "text"
    autocomplete: str = ""
    value: str | None = None
    text: str | None = None
    checked: bool | None = None
    preset: bool = False
    withheld: str | None = None
    cut: bool = False


class Event(Struct, frozen=True):
    """One fact sent by the tag, checked. Times are UTC milliseconds; `data` holds the keys of its type."""

    id: bytes  # 16 bytes, a UUIDv7
    type: str
    at: int  # true time: when it happened, by the collector's clock
    page: str = ""
    n: int = 0
    url: str = ""
    data: dict[str, object] = {}
    fields: tuple[Field, ...] = ()
    token: str = ""  # of a view: that of the letter's link which led to it

    @property
    def order(self) -> tuple[int, str, int, bytes]:
        """The order of facts: by true time, then page, then place within the page, then id."""
        return (self.at, self.page, self.n, self.id)


class Batch(Struct, frozen=True):
    """What one request carried for one site, after `protocol.parse`."""

    site: int
    visitor: str | None  # None in audience mode, whatever the wire said
    consent: str  # granted | denied | unset
    received: int
    events: tuple[Event, ...]
    subject: str | None = None  # the visitor that a consent event speaks of: a withdrawal names it for the last time
    account: int = 0
    refused: tuple[Refused, ...] = ()
    language: str = ""
    agent: str = ""  # "Chrome 156 · Windows · desktop"; empty in audience mode
    marks: int = 0  # bits of MARKS
    company: str = ""  # by the network, where the owner brought a file of them; never in audience mode

    @property
    def size(self) -> int:
        """What it weighs in the writer's queue."""
        return max(1, len(self.events) + len(self.refused))


class Refused(Struct, frozen=True):
    """An event that was not taken: its reason and what came, cut to a bound; `n` stands for more than one of them."""

    reason: str
    body: bytes
    n: int = 1
    exact: bool = False  # whether it may be kept when it came, to the millisecond, though it is of audience mode


def mark_bits(names: list[str] | tuple[str, ...]) -> int:
    """The stored form of a set of marks."""
    return sum(1 << MARKS.index(name) for name in set(names))


def mark_names(bits: int) -> list[str]:
    """The names in a stored set of marks, in their fixed order."""
    return [name for place, name in enumerate(MARKS) if bits & ~LETTER & 1 << place]
