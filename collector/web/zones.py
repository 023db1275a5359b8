"""Whose clock a screen shows: the user's own zone, else that of the site, else the oldest site's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.requests import Request

from ..present import dates
from . import auth


def shown(request: Request, site_zone: str | None = None) -> str:
    """The zone in which times of a site are shown to who is logged in; always one that exists."""
    user = auth.user_of(request)
    return dates.zone_of((user.zone if user else "") or site_zone).key


def listed(request: Request, known: Iterable[Mapping[str, Any]], site: int | None = None) -> str:
    """The zone of a screen about several sites (`site`: about that one, 0 or None for all of them)."""
    return shown(request, next((row["zone"] for row in known if not site or row["id"] == site), None))


def of(request: Request, site: Mapping[str, Any] | None) -> str:
    """The zone of a screen about one site, which may be gone."""
    return shown(request, site["zone"] if site else None)
