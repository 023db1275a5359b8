"""A piece of work for the writer, and how a batch of them is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import structlog
from sqlalchemy import Connection

log = structlog.get_logger()


class Busy(Exception):
    """The writer cannot commit now: try again."""


class Item(Protocol):
    """What `take` is given: it knows how many events it carries."""

    @property
    def size(self) -> int: ...


Fold = Callable[[Connection, Sequence[Any]], Sequence[Any]]


class Spoilt(Exception):
    """One item spoils a batch: in a new transaction `again` is to be given the same items."""

    def __init__(self, again: Fold) -> None:
        self.again = again


class Job:
    """A piece of work and the future that waits for it; `item` is set for those that may share a batch."""

    __slots__ = ("action", "future", "item", "size")

    def __init__(self, action: Callable[[Connection], Any] | None, item: Item | None, future: asyncio.Future[Any]) -> None:
        self.action = action
        self.item = item
        self.size = item.size if item is not None else 0
        self.future = future


Settled = tuple[Job, Any, BaseException | None]

Gather = Callable[[], list[Job]]
Settle = Callable[[list[Settled]], None]


def run_batch(conn: Connection, group: list[Job], fold: Fold | None) -> Sequence[Any]:
    if group[0].item is None:
        assert group[0].action is not None
        return [group[0].action(conn)]
    assert fold is not None
    return fold(conn, [job.item for job in group])


def failed(group: list[Job], wrong: Exception) -> list[Settled]:
    if group[0].item is None:
        return [(group[0], None, wrong)]
    log.error("batch not committed", error=type(wrong).__name__, items=len(group))
    return [(job, None, Busy()) for job in group]
