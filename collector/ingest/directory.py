"""Which sites there are, as the collect path knows them: a copy of the directory, never older than some seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import structlog
from msgspec import Struct

from ..store import sites
from ..store.database import Database
from ..store.work import Busy

log = structlog.get_logger()

FRESH = 2.0
UNKNOWN_FRESH = 0.5
UNKNOWN_MOST = 10_000


class Site(Struct, frozen=True):
    """What the collect path needs of a site."""

    id: int
    account: int
    hosts: frozenset[str]
    kept: frozenset[str]
    consent: str


class Directory:
    """Sites by id. A site that was just added is found at its first event; a changed one within `FRESH` seconds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sites: dict[int, Site] = {}
        self._laid: dict[int, Site] = {}
        self._loaded = -FRESH
        self._unknown: dict[int, float] = {}
        self._loading = asyncio.Lock()

    def known(self, site_id: int) -> Site | None:
        """The site, where the copy is fresh and has it."""
        return self._sites.get(site_id) if time.monotonic() - self._loaded < FRESH else None

    def laid_aside(self, site_id: int) -> Site | None:
        """A site that was laid aside: nothing is taken for it, and what comes is counted as its own."""
        return self._laid.get(site_id)

    async def find(self, site_id: int) -> Site | None:
        """The site, or None; one that was laid aside is none. Raises Busy where the database does not answer."""
        now = time.monotonic()
        site = self._sites.get(site_id)
        if site is not None and now - self._loaded < FRESH:
            return site
        if site is None and now - self._unknown.get(site_id, -FRESH) < UNKNOWN_FRESH:
            return None
        async with self._loading:
            if self._loaded <= now:
                await self._load()
        site = self._sites.get(site_id)
        if site is None:
            if len(self._unknown) >= UNKNOWN_MOST:
                self._unknown.clear()
            self._unknown[site_id] = now
        return site

    async def _load(self) -> None:
        started = time.monotonic()
        try:
            async with self._database.reader() as conn:
                rows = await sites.all(conn)
        except Exception as wrong:  # each driver has its own
            log.error("sites not read", error=type(wrong).__name__)
            raise Busy from wrong
        self._sites = {row["id"]: _site(row) for row in rows if sites.is_current(row)}
        self._laid = {row["id"]: _site(row) for row in rows if not sites.is_current(row)}
        self._loaded = started


def _site(row: Mapping[str, Any]) -> Site:
    return Site(row["id"], row["account_id"], frozenset((row["domain"], *row["hosts"])), frozenset(row["kept"]), row["consent"])
