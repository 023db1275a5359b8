"""Why events are refused, in words, and what to do about it."""

from __future__ import annotations

from . import dates
from .language import N_, catalogue

# reason → what it means, what to do (empty: nothing)
REASONS: dict[str, tuple[str, str]] = {
    "foreign-origin": (
        N_("They came from a page of another host than the site’s."),
        N_("If the host is yours, allow it with the site; then read them again. If not, somebody copied the tag: nothing is to be done."),
    ),
    "bad-site": (
        N_("They name a site that is not here."),
        N_("Compare the site’s number in the pages’ tag with the one on the site’s screen."),
    ),
    "withdrawn": (N_("Their visitor has withdrawn consent."), ""),
    "bad-time": (N_("The browser’s clock is wrong, or they waited in it for more than a week."), ""),
    "bad-id": (N_("Their number is none that the tag makes, or of a wrong time."), ""),
    "bad-type": (N_("Of a kind that this version does not know."), N_("Update the collector if the tag comes from elsewhere.")),
    "bad-text": (N_("A text in them is too long or broken."), ""),
    "bad-number": (N_("A number in them cannot be."), ""),
    "too-many": (N_("More events at once than a page sends."), ""),
    "bad-version": (N_("They speak a version that is not known."), N_("Update the collector.")),
    "not-json": (N_("What came is nothing that the tag sends: most often a program that tries addresses."), ""),
    "too-large": (N_("Larger than anything that the tag sends."), ""),
    "too-deep": (N_("Nested deeper than anything that the tag sends."), ""),
    "rate": (
        N_("Too many came from one address at once; the tag sends them again later."),
        N_("Behind a proxy, set WEBLEADS_TRUSTED_PROXIES: without it all visitors are one address."),
    ),
    "busy": (N_("The collector could not keep them just then; the tag sends them again later."), N_("Look at the disk and the queue.")),
    "poison": (N_("The database would not take them."), N_("After an update, read them again.")),
}
EVENTS = {
    "view": N_("page view"), "engage": N_("time on a page"), "click": N_("click"), "custom": N_("event of the site’s own"),
    "form_view": N_("form seen"), "form_start": N_("form begun"), "form_abandon": N_("form left"), "form_invalid": N_("form not accepted"),
    "form_submit": N_("form sent"), "form_result": N_("result of a form"), "identify": N_("somebody named by the site"),
    "consent": N_("consent"), "error": N_("error of the tag"),
}  # fmt: skip


def why(reason: str, language: str) -> str:
    """What a reason means."""
    return catalogue(language).gettext(REASONS[reason][0]) if reason in REASONS else reason


def fix(reason: str, language: str) -> str:
    """What to do about it; empty where nothing is."""
    said = REASONS.get(reason, ("", ""))[1]
    return catalogue(language).gettext(said) if said else ""


def kinds(types: tuple[str, ...], language: str) -> str:
    """The kinds of events of a sample."""
    return ", ".join(catalogue(language).gettext(EVENTS[one]) for one in types if one in EVENTS)


def size(count: int, language: str) -> str:
    """Bytes in the largest unit that leaves a number of one and more: `1.2 GB`, `340 MB`."""
    _ = catalogue(language).gettext
    for unit, of in ((_("GB"), 10**9), (_("MB"), 10**6), (_("kB"), 1_000)):
        if count >= of:
            return f"{dates.decimal(count / of, language)} {unit}" if count < 100 * of else f"{dates.number(count // of, language)} {unit}"
    return f"{count} B"
