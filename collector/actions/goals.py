"""Goals: added, changed and removed. Each change is appended and holds for what happens after it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from ..domain import goals
from ..domain.goals import Version
from ..domain.money import currency as code_of
from ..store import goals as kept
from ..store import sites


class BadGoal(ValueError):
    """A goal that cannot be; args[0] is `name`, `kind`, `pattern`, `path`, `click`, `value`, `currency` or `site`."""


class Taken(ValueError):
    """Another kind of goal has that name."""


class Unknown(LookupError):
    """There is no such goal."""


def add(
    conn: Connection,
    account: int,
    *,
    name: str,
    kind: str,
    pattern: str,
    site: int = 0,
    value: int = 0,
    currency: str = "",
    actor: str,
    now: int,
    id: bytes,
) -> dict[str, Any]:
    """Adds a goal, or changes the one of that name. `value` is in the smallest unit of `currency`. Raises BadGoal, Taken."""
    name, pattern = " ".join(name.split()), pattern.strip()
    code = code_of(currency) if value else ""
    if code is None:
        raise BadGoal("currency")
    if wrong := goals.fault(name, kind, pattern, value):
        raise BadGoal(wrong)
    if site and site not in {row["id"] for row in sites.load(conn, account)}:
        raise BadGoal("site")
    told = kept.load(conn, account)
    same = next((one for one in goals.current(told) if one.name.casefold() == name.casefold()), None)
    if same is not None and same.kind != kind:
        raise Taken(name)
    made = Version(same.id if same else id, _after(told, same, now), name, kind, pattern, site, value, code, 1)
    kept.add(conn, account, made, actor)
    return answer(made)


def remove(conn: Connection, account: int, goal_id: bytes, *, actor: str, now: int) -> dict[str, Any]:
    """From now on it counts no more; what it counted stays. Raises Unknown."""
    told = kept.load(conn, account)
    stands = next((one for one in goals.current(told) if one.id == goal_id), None)
    if stands is None:
        raise Unknown(goal_id.hex())
    kept.add(conn, account, stands._replace(at=_after(told, stands, now), active=0), actor)
    return answer(stands)


def _after(told: tuple[Version, ...], same: Version | None, now: int) -> int:
    """The time of a change: never that of another one of the same goal."""
    return max([now, *(one.at + 1 for one in told if same is not None and one.id == same.id)])


def answer(one: Version) -> dict[str, Any]:
    """A goal as commands show it."""
    told = {"id": one.id.hex(), "name": one.name, "kind": one.kind, "pattern": one.pattern, "site": one.site or None, "since": one.at}
    return told | ({"value": one.value, "currency": one.currency} if one.value else {})
