"""Moments and durations in words. Times come in as UTC milliseconds; a zone is an IANA name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_decimal

from .language import catalogue, locale

DEFAULT_ZONE = "Europe/Paris"


@lru_cache(64)
def zone_of(name: str | None) -> ZoneInfo:
    """The zone of that name; the default where there is none or it is unknown."""
    try:
        return ZoneInfo(name or DEFAULT_ZONE)
    except (KeyError, ValueError, OSError):  # an unknown name is a KeyError
        return ZoneInfo(DEFAULT_ZONE)


def local(ms: int, zone: str | None) -> datetime:
    """The moment on the clocks of a zone."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)).astimezone(zone_of(zone))


def iso(ms: int) -> str:
    """ISO 8601 in UTC with milliseconds: 2026-11-23T10:32:00.123Z."""
    return local(ms, "UTC").isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day(ms: int, zone: str | None, language: str) -> str:
    """`23 November 2026`, `23 novembre 2026`."""
    return format_date(local(ms, zone), "d MMMM y", locale(language))


def date(text: str, language: str) -> str:
    """A date as 2026-11-29 in words: `29 Nov 2026`; empty for none."""
    return format_date(datetime.fromisoformat(text), "d MMM y", locale(language)) if text else ""


def clock(ms: int, zone: str | None, language: str, seconds: bool = False) -> str:
    """`10:32`, or `10:32:05`."""
    return format_time(local(ms, zone), "HH:mm:ss" if seconds else "HH:mm", locale=locale(language))


def moment(ms: int, zone: str | None, language: str) -> str:
    """`23 Nov 2026 at 10:32`, `23 nov. 2026 à 10:32`."""
    _ = catalogue(language).gettext
    date = format_datetime(local(ms, zone), "d MMM y", locale=locale(language))
    return _("%(date)s at %(time)s") % {"date": date, "time": clock(ms, zone, language)}


def ago(ms: int, now: int, language: str) -> str:
    """How long ago, in one unit: `3 hours ago`, `il y a 3 heures`. Under a minute, and in the future, it is now."""
    _ = catalogue(language).gettext
    if now - ms < 60_000:
        return _("just now")
    return format_timedelta(timedelta(milliseconds=ms - now), add_direction=True, threshold=1, locale=locale(language))


def duration(ms: int) -> str:
    """`45 s`, `2 min 10 s`, `1 h 05 min`; the units are the same in both languages."""
    seconds = max(0, round(ms / 1000))
    if seconds < 60:
        return f"{seconds} s"
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def decimal(value: float, language: str) -> str:
    """`1.2`, `1,2`: one place after the point where it is not 0."""
    return format_decimal(value, format="#,##0.#", locale=locale(language))


def number(count: int, language: str) -> str:
    """`12,345`, `12 345`."""
    return format_decimal(count, locale=locale(language))
