"""Zones to choose from; older names lead to them."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest

from collector.present import zones

WINTER, SUMMER = 1_795_429_920_000, 1_782_000_000_000  # 2026-11-23, 2026-06-21


@pytest.mark.parametrize(
    ("older", "name"),
    [
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Asia/Saigon", "Asia/Ho_Chi_Minh"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Europe/Paris", "Europe/Paris"),
        ("UTC", "UTC"),
        ("Etc/UTC", "UTC"),
        ("Asia/Nowhere", None),
        ("../../etc/passwd", None),
        ("", None),
    ],
)
def test_an_older_name_leads_to_the_one_that_is_offered(older: str, name: str | None) -> None:
    assert zones.canonical(older) == name


def test_every_zone_that_is_offered_exists_and_stands_once() -> None:
    offered = [zone.name for _region, group in zones.groups(WINTER, "en") for zone in group]
    assert len(offered) == len(set(offered)) > 400
    assert set(offered) <= available_timezones()
    assert all(zones.canonical(name) == name for name in offered)


@pytest.mark.parametrize(("at", "from_utc"), [(WINTER, "UTC+01:00"), (SUMMER, "UTC+02:00")])
def test_how_far_a_zone_is_from_utc_follows_its_summer(at: int, from_utc: str) -> None:
    europe = dict(zones.groups(at, "fr"))["Europe"]
    assert next(zone for zone in europe if zone.name == "Europe/Paris").from_utc == from_utc


def test_a_place_reads_as_people_write_it() -> None:
    places = {zone.name: (zone.place, zone.from_utc) for _region, group in zones.groups(WINTER, "en") for zone in group}
    assert places["America/Argentina/Buenos_Aires"] == ("Argentina – Buenos Aires", "UTC-03:00")
    assert places["Asia/Kolkata"] == ("Kolkata", "UTC+05:30")
