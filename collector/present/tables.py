"""The tables of the reports: which columns they have, and what their lines are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ..domain.counts import Counts
from ..domain.funnel import Field, Funnel
from ..domain.journeys import NO_CAMPAIGN, PART
from ..domain.rollups import REST
from ..domain.shares import Credit, Source
from . import attribution, report, words
from .language import catalogue
from .sheets import Column, Number, Sheet


class Counted(NamedTuple):
    """A line of rollups: a site, a page or a day, now and in the period before; leads of a page that it only assisted."""

    key: str = ""
    site: int = 0
    now: Counts = Counts()
    before: Counts = Counts()
    assisted: int = 0

    def plus(self, other: Counted) -> Counted:
        """The sum, without a key."""
        return Counted("", 0, self.now.plus(other.now), self.before.plus(other.before), self.assisted + other.assisted)


class Form(NamedTuple):
    """A line of the report of forms."""

    key: str = ""
    site: int = 0
    now: Funnel = Funnel()
    before: Funnel = Funnel()

    def plus(self, other: Form) -> Form:
        """The sum, without a key."""
        return Form("", 0, self.now.plus(other.now), self.before.plus(other.before))


def over(part: float, whole: float) -> float | None:
    """A part of a whole; None where there is none."""
    return part / whole if whole else None


# Sources -------------------------------------------------------------------------------------------------------------


def sources(
    lines: Sequence[Source], models: Sequence[str], level: str, within: tuple[str, str], currency: str, language: str
) -> Sheet[Source]:
    """Visits, and by each model leads, rate, conversions, value, cost of a lead and return; what nothing is known of is left out."""
    _ = catalogue(language).gettext
    columns: list[Column[Source]] = [Column("visits", _("Visits"), "count", lambda line: line.visits, lambda line: line.visits_before)]
    costs, values = any(line.cost for line in lines), any(credit.value for line in lines for credit in line.credits)
    if costs:
        columns.append(Column("cost", _("Cost"), "money", lambda line: line.cost))
    for place, model in enumerate(models):
        group = words.say(attribution.MODELS, model, language)
        columns += _by_model(place, group, costs, values, language)
    name = _namer(level, within, language)
    head = words.say(report.BY, level, language)
    return Sheet(head, columns, lines, lambda line: name(line.key), Source.plus, Source(), currency)


def _by_model(place: int, group: str, costs: bool, values: bool, language: str) -> list[Column[Source]]:
    _ = catalogue(language).gettext

    def now(of: Callable[[Source, Credit], Number]) -> Callable[[Source], Number]:
        return lambda line: of(line, line.credits[place] if line.credits else Credit())

    def before(of: Callable[[Source, Credit], Number]) -> Callable[[Source], Number]:
        def read(line: Source) -> Number:
            credit = line.credits_before[place] if line.credits_before else Credit()
            return None if credit is None else of(line, credit)

        return read

    key = str(place + 1)
    made: list[Column[Source]] = [
        Column(
            f"leads{key}", _("Leads"), "count", now(lambda _line, credit: credit.leads), before(lambda _line, credit: credit.leads), group
        ),
        Column(f"rate{key}", _("Leads per visit"), "part", now(lambda line, credit: over(credit.leads, line.visits)), None, group),
        Column(f"conversions{key}", _("Conversions"), "count", now(lambda _line, credit: credit.conversions), None, group),
    ]
    if values:
        made.append(Column(f"value{key}", _("Value"), "money", now(lambda _line, credit: credit.value), None, group))
    if costs:
        made.append(Column(f"each{key}", _("Cost per lead"), "money", now(lambda line, credit: _each(line, credit)), None, group))
    if costs and values:
        made.append(Column(f"back{key}", _("Return"), "ratio", now(lambda line, credit: _back(line, credit)), None, group))
    return made


def _each(line: Source, credit: Credit) -> float | None:
    return line.cost / credit.leads if line.cost and credit.leads else None


def _back(line: Source, credit: Credit) -> float | None:
    return credit.value / line.cost if line.cost and credit.value else None


def _namer(level: str, within: tuple[str, str], language: str) -> Callable[[str], str]:
    """What a line is called: where it is of no chosen channel or source, with these behind it."""
    channel_chosen, source_chosen = within

    def name(key: str) -> str:
        if PART not in key:
            return report.name(key, "channel", language)
        channel, source, *campaign = key.split(PART)
        told = [(campaign[0] or report.name(NO_CAMPAIGN, "campaign", language))] if campaign else []
        if not (campaign and source_chosen):
            told.append(source)
        if not channel_chosen:
            told.append(words.channel(channel, language))
        return " · ".join(told)

    return name


# Sites, days, pages ----------------------------------------------------------------------------------------------------


def sites(lines: Sequence[Counted], names: Mapping[int, str], language: str) -> Sheet[Counted]:
    """One line a site."""
    _ = catalogue(language).gettext
    return Sheet(_("Site"), _whole(language), lines, lambda line: names.get(line.site, str(line.site)), Counted.plus, Counted())


def days(lines: Sequence[Counted], language: str) -> Sheet[Counted]:
    """One line a day; its name is a date that sorts."""
    _ = catalogue(language).gettext
    columns = [column._replace(before=None) for column in _whole(language)]
    return Sheet(_("Day"), columns, lines, lambda line: line.key, Counted.plus, Counted())


def _whole(language: str) -> list[Column[Counted]]:
    _ = catalogue(language).gettext
    return [
        Column("visits", _("Visits"), "count", lambda line: line.now.visits, lambda line: line.before.visits),
        Column("views", _("Page views"), "count", lambda line: line.now.views),
        Column("leads", _("Leads"), "count", lambda line: line.now.leads, lambda line: line.before.leads),
        Column("rate", _("Leads per visit"), "part", lambda line: over(line.now.leads, line.now.visits)),
        Column("conversions", _("Conversions"), "count", lambda line: line.now.conversions),
    ]


def pages(lines: Sequence[Counted], names: Mapping[int, str], language: str) -> Sheet[Counted]:
    """One line a page; where `names` of sites are given its site stands behind it."""
    _ = catalogue(language).gettext
    columns: list[Column[Counted]] = [
        Column("views", _("Views"), "count", lambda line: line.now.views, lambda line: line.before.views),
        Column("entries", _("Entries"), "count", lambda line: line.now.visits, lambda line: line.before.visits),
        Column("leads", _("Leads here"), "count", lambda line: line.now.leads, lambda line: line.before.leads),
        Column("conversions", _("Conversions here"), "count", lambda line: line.now.conversions),
        Column("assisted", _("Assisted"), "count", lambda line: line.assisted if line.key else None),  # a sum would count a lead twice
        Column("rate", _("Leads per view"), "part", lambda line: over(line.now.leads, line.now.views)),
    ]

    def name(line: Counted) -> str:
        path = report.name(REST, "", language) if line.key == REST else line.key
        return f"{path} · {names[line.site]}" if line.site in names else path

    return Sheet(_("Page"), columns, lines, name, Counted.plus, Counted())


# Forms -----------------------------------------------------------------------------------------------------------------


def forms(lines: Sequence[Form], names: Mapping[int, str], language: str) -> Sheet[Form]:
    """One line a form, with every step; quarantine in a column of its own."""
    _ = catalogue(language).gettext
    columns: list[Column[Form]] = [
        Column("views", _("Seen"), "count", lambda line: line.now.views, lambda line: line.before.views),
        Column("start", _("Begun"), "count", lambda line: line.now.start, lambda line: line.before.start),
        Column("sent", _("Sent"), "count", lambda line: line.now.sent, lambda line: line.before.sent),
        Column("finished", _("Sent, of begun"), "part", lambda line: over(line.now.sent, line.now.start)),
        Column("confirmed", _("Confirmed"), "count", lambda line: line.now.confirmed),
        Column("failed", _("Failed"), "count", lambda line: line.now.failed, lambda line: line.before.failed),
        Column("unknown", _("No answer seen"), "count", lambda line: line.now.unknown),
        Column("leads", _("Leads"), "count", lambda line: line.now.leads, lambda line: line.before.leads),
    ]
    if any(line.now.apart for line in lines):
        columns.append(Column("apart", _("In quarantine"), "count", lambda line: line.now.apart))

    def name(line: Form) -> str:
        return f"{form_name(line.key, language)} · {names[line.site]}" if line.site in names else form_name(line.key, language)

    return Sheet(_("Form"), columns, lines, name, Form.plus, Form())


def form_name(key: str, language: str) -> str:
    """A form's name; one that is known only by a hash is called by it."""
    _ = catalogue(language).gettext
    if key == REST:
        return report.name(REST, "", language)
    return words.form(key) or _("Form without a name (%(key)s)") % {"key": key}


def fields(lines: Sequence[Field], language: str) -> Sheet[Any]:
    """One line a field of a form."""
    _ = catalogue(language).gettext
    columns: list[Column[Field]] = [
        Column("abandon", _("Last field before leaving"), "count", lambda line: line.abandon),
        Column("invalid", _("Refused by the browser"), "count", lambda line: line.invalid),
    ]
    return Sheet(
        _("Field"), columns, lines, lambda line: line.name, lambda a, b: Field("", a.abandon + b.abandon, a.invalid + b.invalid), Field("")
    )


def steps(funnel: Funnel, before: Funnel, language: str) -> Sheet[Any]:
    """The funnel as a table, in its order: each step, and what part of those who begun or saw it came so far."""
    _ = catalogue(language).gettext
    told = [
        (_("Seen"), funnel.views, before.views),
        (_("Begun"), funnel.start, before.start),
        (_("Sent"), funnel.sent, before.sent),
        (_("Confirmed by the page"), funnel.confirmed, before.confirmed),
        (_("Sent, no answer seen"), funnel.unknown, before.unknown),
        (_("Failed"), funnel.failed, before.failed),
        (_("Leads"), funnel.leads, before.leads),
    ]
    columns: list[Column[tuple[str, int, int]]] = [
        Column("count", _("Times"), "count", lambda line: line[1], lambda line: line[2]),
        Column("part", _("Part"), "part", lambda line: over(line[1], funnel.reached)),
    ]
    return Sheet(_("Step"), columns, told, lambda line: line[0], lambda a, b: ("", a[1] + b[1], a[2] + b[2]), ("", 0, 0))
