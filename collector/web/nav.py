"""Which screens there are, as the navigation, the reports' tabs and the page of settings name them."""

from __future__ import annotations

from typing import NamedTuple

from starlette.requests import Request

from ..present.language import N_
from . import auth

OWNER = ("owner",)
WRITERS = ("owner", "marketer")
ALL = ("owner", "marketer", "viewer")


class Entry(NamedTuple):
    """A screen: its name (English; the catalogue has the rest), where it is, what else stands under it."""

    text: str
    path: str
    also: tuple[str, ...] = ()
    key: str = ""  # after `g`
    roles: tuple[str, ...] = ALL
    sentence: str = ""

    def holds(self, path: str) -> bool:
        """Whether an address stands under this screen."""
        return any(path == one or path.startswith(one + "/") for one in (self.path, *self.also))


REPORTS = (
    Entry(N_("Sources"), "/reports/sources"),
    Entry(N_("Pages"), "/reports/pages"),
    Entry(N_("Forms"), "/reports/forms"),
    Entry(N_("Attribution"), "/attribution"),
    Entry(N_("Costs"), "/costs"),
    Entry(N_("Goals"), "/goals"),
    Entry(N_("Links"), "/links"),
)
SCREENS = (
    Entry(N_("Today"), "/today", key="t"),
    Entry(N_("Leads"), "/leads", key="l"),
    Entry(N_("Reports"), "/reports/sources", ("/reports", *(entry.path for entry in REPORTS)), key="r"),
    Entry(N_("Live"), "/live", key="v"),
    Entry(N_("Companies"), "/companies", key="c"),
    Entry(N_("Sites"), "/sites", key="s"),
    Entry(N_("Requests"), "/requests", key="q"),
    Entry(N_("Settings"), "/settings", ("/audit", "/status"), key="e"),
)
SETTINGS = (
    (
        N_("You"),
        (
            Entry(
                N_("Profile"),
                "/settings/profile",
                sentence=N_("Your password, language and time zone, and the browsers that are signed in as you."),
            ),
            Entry(N_("Keyboard"), "/help", sentence=N_("The keys that make the morning faster, and how to switch them off.")),
        ),
    ),
    (
        N_("How leads are read"),
        (
            Entry(
                N_("Scores"),
                "/settings/scoring",
                sentence=N_("The rules that give points, who is not scored, and what each rule was worth."),
            ),
            Entry(N_("Goals"), "/goals", sentence=N_("Pages, events and clicks that count as a success, and what each is worth.")),
            Entry(N_("Costs"), "/costs", sentence=N_("What campaigns cost, so that reports can say what a lead costs.")),
            Entry(
                N_("Links"),
                "/links",
                sentence=N_("Make links whose campaigns are named alike, and find those that are not."),
            ),
        ),
    ),
    (
        N_("The account"),
        (
            Entry(N_("People"), "/settings/people", roles=OWNER, sentence=N_("Who may sign in, with which role, and invitations.")),
            Entry(
                N_("Status"),
                "/status",
                roles=OWNER,
                sentence=N_("Disk, queue, last events, what was refused, version, backup."),
            ),
        ),
    ),
    (
        N_("What is kept"),
        (
            Entry(
                N_("How long things are kept"),
                "/settings/retention",
                sentence=N_("The limits of each kind, for all sites or for one, and what is old enough to go."),
            ),
            Entry(N_("Audit"), "/audit", sentence=N_("What the CNIL and the GDPR ask, what answers it, and what remains yours.")),
        ),
    ),
)


def screens(request: Request) -> list[Entry]:
    """What the navigation offers to who asks."""
    return _offered(request, SCREENS)


def tabs(request: Request) -> list[Entry]:
    """The reports, where one of them is shown; else none."""
    return _offered(request, REPORTS) if any(entry.holds(request.url.path) for entry in REPORTS) else []


def settings(request: Request) -> list[tuple[str, list[Entry]]]:
    """The page of settings, in groups, for who asks."""
    groups = [(title, _offered(request, entries)) for title, entries in SETTINGS]
    return [(title, entries) for title, entries in groups if entries]


def _offered(request: Request, entries: tuple[Entry, ...]) -> list[Entry]:
    user = auth.user_of(request)
    return [entry for entry in entries if user is not None and user.role in entry.roles]
