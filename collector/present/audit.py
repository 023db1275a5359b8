"""What the law asks of whoever measures visits and keeps leads, what answers it here, and what remains with the controller.

One source for the screen `/audit` and the README's table; a test proves that each test and setting which is named is there.
The conditions of the exemption are our reading of the CNIL's page of 4 July 2025 (reference: leads 2.6); no legal advice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..domain.retention import Limits, amount, of_site
from .audit_rows import ROWS, Row
from .language import catalogue
from .retention import kind as kind_words
from .retention import span

LONGEST = {"history": 25, "audience": 25}  # months, the CNIL's bound for what measures an audience
LEADS_USUAL = 36  # months after the last contact, the CNIL's usual bound for prospects


class Site(NamedTuple):
    """What of a site the audit looks at."""

    id: int
    name: str
    consent: str
    reason: str


class State(NamedTuple):
    """How things stand here: `level` is ok or open (something is left to do)."""

    level: str
    said: str


class Known(NamedTuple):
    """The settings that the audit looks at."""

    account: str
    sites: tuple[Site, ...]
    limits: Limits
    url: str
    networks: bool
    letters_by: str
    sealed: bool


def law(row: Row, language: str) -> str:
    """Which law, as its readers name it."""
    return row.law.replace("GDPR", catalogue(language).gettext("GDPR"))


def rule(row: Row, language: str) -> str:
    """What is asked."""
    return catalogue(language).gettext(row.rule)


def answer(row: Row, language: str) -> str:
    """What answers it."""
    return catalogue(language).gettext(row.answer)


def duty(row: Row, language: str) -> str:
    """What remains with the controller; empty for nothing."""
    return catalogue(language).gettext(row.duty) if row.duty else ""


def files(row: Row) -> list[str]:
    """The files of the tests that hold it, each once."""
    return list(dict.fromkeys(test.partition("::")[0] for test in row.tests))


def states(row: Row, known: Known, language: str) -> list[State]:
    """How things stand for a row, by the settings as they are."""
    look = _LOOKS.get(row.look)
    return look(known, language) if look else []


def readme() -> str:
    """The table as the README has it."""
    head = "| rule | what answers it | setting or test | remains with you |\n|---|---|---|---|\n"
    lines = []
    for row in ROWS:
        named = ", ".join(f"`{one}`" for one in (*row.settings, *files(row)))
        lines.append(f"| **{row.law}** {row.rule} | {row.answer} | {named} | {row.duty or 'nothing'} |")
    return head + "\n".join(lines) + "\n"


def _consent(known: Known, language: str) -> list[State]:
    _ = catalogue(language).gettext
    found = []
    for site in known.sites:
        told = {"site": site.name, "reason": site.reason}
        if site.consent != "granted":
            words = {"required": _("%(site)s: consent is asked of each visitor."), "off": _("%(site)s: nothing is sent before consent.")}
            found.append(State("ok", words[site.consent] % told))
        elif site.reason:
            found.append(State("ok", _("%(site)s: consent is taken as granted, because: %(reason)s") % told))
        else:
            found.append(State("open", _("%(site)s: consent is taken as granted, and no reason is stated.") % told))
    return found


def _kept(known: Known, language: str, kinds: Mapping[str, int]) -> list[State]:
    _ = catalogue(language).gettext
    names = {site.id: site.name for site in known.sites}
    found = []
    for site in (0, *(one for one in sorted(known.limits) if one in names)):
        of = of_site(known.limits, site) if not site else known.limits[site]
        for kind, most in kinds.items():
            if kind not in of:
                continue
            told = {"where": names.get(site, _("Every site")), "kind": kind_words(kind, language), "span": span(of[kind], language)}
            level = "ok" if amount(kind, of[kind]) <= most else "open"
            found.append(State(level, _("%(where)s, %(kind)s: %(span)s.") % told))
    return found


def _retention(known: Known, language: str) -> list[State]:
    return _kept(known, language, {"leads": LEADS_USUAL, "history": LONGEST["history"], "refused": 90})


def _audience(known: Known, language: str) -> list[State]:
    return _kept(known, language, {"audience": LONGEST["audience"]})


def _address(known: Known, language: str) -> list[State]:
    _ = catalogue(language).gettext
    if known.url.startswith("https://"):
        return [State("ok", _("The public address speaks https."))]
    return [State("open", _("The public address does not speak https."))]


def _networks(known: Known, language: str) -> list[State]:
    _ = catalogue(language).gettext
    if known.networks:
        return [State("ok", _("Companies are looked up by a visitor’s network, with consent; the privacy text says so."))]
    return [State("ok", _("Nobody’s network is looked up."))]


def _letters(known: Known, language: str) -> list[State]:
    _ = catalogue(language).gettext
    if known.letters_by:
        return [State("ok", _("Links are sent by e-mail through %(host)s.") % {"host": known.letters_by})]
    return [State("open", _("No e-mail is sent: somebody with a role hands the links over."))]


def _carrier(known: Known, language: str) -> list[State]:
    _ = catalogue(language).gettext
    return _letters(known, language) if known.letters_by else [State("ok", _("No e-mail is sent, so nobody carries any."))]


def _named(known: Known, language: str) -> list[State]:
    _ = catalogue(language).gettext
    if known.account in ("", "main"):
        return [State("open", _("The account has no name: the texts do not say who the controller is."))]
    return [State("ok", _("The controller is %(name)s.") % {"name": known.account})]


def _sealed(known: Known, language: str) -> list[State]:
    _ = catalogue(language).gettext
    words = _("Personal fields are sealed.") if known.sealed else _("Personal fields are not sealed; files are the owner’s alone.")
    return [*_address(known, language), State("ok", words)]


_LOOKS = {
    "consent": _consent,
    "retention": _retention,
    "audience": _audience,
    "networks": _networks,
    "letters": _letters,
    "carrier": _carrier,
    "named": _named,
    "sealed": _sealed,
}
