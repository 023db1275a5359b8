"""The story of a lead, a page at a time: nothing twice, nothing lost, whatever is filtered."""

from __future__ import annotations

from typing import Any

import pytest

from collector.present.story import KINDS, NAMES, Asked, Window, tell, types_of, window
from collector.present.timeline import Item, Visit

Row = dict[str, Any]
HOUR = 3_600_000


def _session(place: int, views: int = 3) -> Row:
    at = place * HOUR
    more = {"visitor": "v", "site_id": 1, "started_at": at, "ended_at": at + 1000, "views": views, "events": views * 2}
    return {"id": bytes([place]) * 16, **more}


def _view(session: Row, place: int) -> Row:
    told = {"type": "view", "page": f"p{session['started_at']}-{place}", "data": {}, "visitor": "v", "site_id": 1}
    return {"id": session["id"][:15] + bytes([place]), "at": session["started_at"] + place, **told}


def _sent(at: int, visitor: str | None = None) -> Row:
    return {"id": at.to_bytes(16, "big"), "at": at, "visitor": visitor, "site_id": 1}


def _note(at: int) -> Item:
    return Item("note", at, {"id": at.to_bytes(16, "big")})


def _page(asked: Asked, sessions: list[Row], submissions: list[Row], beside: list[Item], most: int = 10) -> tuple[Window, Any]:
    shown = window(sessions, asked, most)
    events = (
        [_view(session, place) for session in shown.sessions for place in range(session["views"])] if "view" in types_of(asked.show) else []
    )
    told = tell(shown, asked, sessions=sessions, touches=[], events=events, submissions=submissions, beside=beside, most=most)
    return shown, told


@pytest.mark.parametrize("show", ["", "pages", "notes", "forms"])
def test_all_pages_together_tell_everything_once(show: str) -> None:
    sessions = [_session(place) for place in range(1, 30)]
    submissions = [_sent(place * HOUR + 5, "v") for place in range(1, 30, 3)] + [
        _sent(place * HOUR + HOUR // 2) for place in range(0, 30, 4)
    ]
    beside = [_note(place * HOUR + HOUR // 3) for place in range(31)]
    asked, visits, alone, inside = Asked(show), [], [], []
    for _round in range(200):
        _window, told = _page(asked, sessions, submissions, beside)
        assert [entry.at for entry in told.entries] == sorted((entry.at for entry in told.entries), reverse=True)
        for entry in told.entries:
            if isinstance(entry, Visit):
                visits.append(entry.session["id"])
                inside += [(item.kind, item.row["id"]) for item in entry.items]
            else:
                alone.append((entry.kind, entry.row["id"]))
        if told.older is None:
            break
        assert asked.before is None or told.older < asked.before
        asked = asked._replace(before=told.older)
    else:
        raise AssertionError("the pages never end")
    for found in (visits, alone, inside):
        assert len(found) == len(set(found))
    kinds = [kind for kind, _id in (*alone, *inside)]
    assert kinds.count("note") == (31 if show in ("", "notes") else 0)
    assert kinds.count("submission") == (len(submissions) if show in ("", "forms") else 0)
    assert kinds.count("page") == (29 * 3 if show in ("", "pages") else 0)
    assert len(visits) == {"": 29, "pages": 29, "notes": 0, "forms": 10}[show]


def test_a_page_reads_only_as_many_visits_as_it_shows() -> None:
    sessions = [_session(place, views=20) for place in range(1, 100)]
    shown = window(sessions, Asked(), 100)
    assert len(shown.sessions) == 5
    assert shown.older
    assert len(window(sessions, Asked(before=sessions[0]["started_at"] + 1), 100).sessions) == 1


def test_one_visit_stands_alone() -> None:
    sessions = [_session(place) for place in range(1, 5)]
    _window, told = _page(Asked(visit=sessions[1]["id"]), sessions, [_sent(2 * HOUR + 5, "v"), _sent(7)], [_note(8)])
    (visit,) = told.entries
    assert visit.session["id"] == sessions[1]["id"]
    assert [item.kind for item in visit.items] == ["page", "page", "page", "submission"]
    assert told.older is None
    assert _page(Asked(visit=b"x" * 16), sessions, [], [])[1].entries == []


def test_a_goal_stands_in_its_visit() -> None:
    sessions = [_session(1)]
    goal = {"id": b"g" * 16, "session_id": sessions[0]["id"], "at": HOUR + 1, "name": "Call"}
    told = tell(
        window(sessions, Asked()), Asked("clicks"), sessions=sessions, touches=[], events=[], submissions=[], beside=[], goals=[goal]
    )
    (visit,) = told.entries
    assert isinstance(visit, Visit)
    assert [(item.kind, item.row["name"]) for item in visit.items] == [("goal", "Call")]


def test_every_filter_has_a_name() -> None:
    assert set(NAMES) == {"", *KINDS}
    assert set(types_of("")) == {"view", "engage", "click", "custom", "consent", "identify"}
    assert types_of("notes") == ()
