"""What goes on now, from what was read of the last half hour."""

from __future__ import annotations

from typing import Any

import pytest

from collector.domain.live import MINUTE, Alone, Recent, Seen, Stay, now, quarter_of

NOW = 1_760_000_000_000
OWN = frozenset({"example.com"})
DIRECT, SEARCH = "Direct\x1f(direct)\x1f(none)\x1f", "Organic Search\x1fgoogle\x1forganic\x1f"


def recent(**more: Any) -> Recent:
    """A reading of nothing, but for what is given."""
    empty: dict[str, Any] = {name: [] for name in ("seen", "stays", "alone", "pages", "minutes")}
    return Recent(**{"now": NOW, "since": NOW - 30 * MINUTE, "looks": {}, **empty, **more})


def stay(visitor: str, ago: int = 1, site: int = 42, counted: int = 1, key: str = DIRECT) -> Stay:
    """A visit that began so many minutes ago."""
    return Stay(visitor, site, NOW - ago * MINUTE, counted, "fr-FR", "Firefox 145 · Linux · desktop", key)


def test_a_visitor_counts_once_however_many_sites_they_look_at() -> None:
    told = recent(
        seen=[Seen(42, "a", NOW, 1), Seen(43, "a", NOW - MINUTE, 0), Seen(42, "b", NOW - 6 * MINUTE, 0)], stays=[stay("a"), stay("b", 7)]
    )
    found = now(told, OWN)
    assert (found.short, found.long, found.sends) == (1, 2, 1)
    assert (now(told, OWN, 43).short, now(told, OWN, 43).sends) == (1, 0)


def test_without_consent_arrivals_are_counted_apart_and_a_step_within_the_site_is_none() -> None:
    alone = [
        Alone(42, "https://example.com/", "", "load", 3),
        Alone(42, "https://example.com/b", "https://www.google.com/", "load", 2),
        Alone(42, "https://example.com/c", "https://example.com/", "load", 9),
        Alone(42, "https://example.com/", "", "reload", 9),
    ]
    found = now(recent(alone=alone), OWN)
    assert (found.short, found.long, found.alone) == (0, 0, 5)
    assert found.origins == [("Direct", "(direct)", 3), ("Organic Search", "google", 2)]


def test_who_agrees_after_arriving_is_one_visit_and_not_two() -> None:
    alone = [Alone(42, "https://example.com/", "https://www.google.com/", "load", 1)]
    told = recent(alone=alone, seen=[Seen(42, "a", NOW, 0), Seen(42, None, NOW, 0)], stays=[stay("a", counted=0, key=SEARCH)])
    found = now(told, OWN)
    assert (found.short, found.long, found.alone) == (1, 1, 0)
    assert found.origins == [("Organic Search", "google", 1)]
    later = recent(seen=[Seen(42, "a", NOW, 0)], stays=[stay("a", 29, counted=0, key=SEARCH)])
    assert now(later, OWN).origins == [("Organic Search", "google", 1)], "when the arrival is no longer counted, the visit says where from"


def test_pages_and_sources_come_the_most_first_and_minutes_the_oldest_first() -> None:
    pages = [
        (42, "https://example.com/a", 1),
        (42, "https://example.com/b?utm_source=x", 1),
        (42, "https://example.com/b", 2),
        (43, "https://other.example/", 2),
    ]
    found = now(recent(pages=pages, minutes=[(42, 0, 4), (42, 29, 1), (43, 0, 1), (42, 31, 9)]), OWN)
    assert [one[2] for one in found.pages] == [3, 2, 1]
    assert (found.views, found.minutes[-1], found.minutes[0], len(found.minutes)) == (6, 5, 1, 30)
    assert now(recent(pages=pages), OWN, 43).pages == [(43, "/", 2)]


def test_a_visit_that_is_shown_names_page_source_language_and_device_and_never_its_visitor() -> None:
    told = recent(seen=[Seen(42, "vSECRET", NOW, 0)], stays=[stay("vSECRET", key=SEARCH)], looks={"vSECRET": "https://example.com/devis"})
    (visit,) = now(told, OWN).visits
    assert visit == (42, NOW, "https://example.com/devis", "Organic Search", "google", "fr-FR", "desktop")
    assert "vSECRET" not in repr(now(told, OWN))


@pytest.mark.parametrize(("at", "since"), [(0, -15), (1, -15), (14, -15), (15, 0), (29, 0)])
def test_arrivals_without_consent_are_counted_since_a_quarter_hour_of_fifteen_to_thirty_minutes_ago(at: int, since: int) -> None:
    hour = NOW - NOW % (60 * MINUTE)
    assert quarter_of(hour + at * MINUTE) == hour + since * MINUTE


def test_only_those_of_the_last_five_minutes_are_shown_one_by_one() -> None:
    seen = [Seen(42, f"v{n}", NOW - n * MINUTE, 0) for n in range(8)]
    assert len(now(recent(seen=seen, stays=[stay(f"v{n}") for n in range(8)]), OWN).visits) == 6
