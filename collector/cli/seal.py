"""Sealing: personal values that only the holder of a key file can read."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import rich_click as click

from ..domain.seals import BadKeys
from ..settings import Settings
from ..store import reseal, ring
from ..store import seal as sealing
from .hand import Hand, common, opened, say, some

ROWS = 500  # read at once


@click.group()
def seal() -> None:
    """Personal values sealed in the database, so that only the holder of a key file reads them.

    Make a key, set WEBLEADS_SEAL to its file and start the collector again; then say `seal on`. Whoever loses the key loses the values:
    no backup holds it.
    """


@seal.command("make")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--more", is_flag=True, help="Put the new key before those that are in FILE, for `seal rotate`.")
@common
def seal_make(_config: Settings, _account: int | None, as_json: bool, file: Path, more: bool) -> None:
    """Write a new key to FILE, for its owner alone. Keep a copy of it in another place than the backups."""
    try:
        name = sealing.make(file, more=more)
    except BadKeys as wrong:
        raise click.ClickException(f"{file} is no key file: {wrong}") from None
    say({"file": str(file), "key": name}, as_json, f"The key {name} stands in {file}. Keep a copy of it apart from the backups.")


@seal.command("on")
@click.option("--vacuum", is_flag=True, help="Then make the SQLite file anew, without the old values in free pages; others wait meanwhile.")
@common
async def seal_on(config: Settings, _account: int | None, as_json: bool, vacuum: bool) -> None:
    """Seal what is stored, and from now on all that comes. Goes on where it was stopped."""
    answer = await _turn(config, as_json, "on", vacuum)
    say(answer, as_json, f"Sealed with the key {answer['key']}: {some(answer['rows'], 'row')} changed.{_more(answer)}")


@seal.command("rotate")
@click.option("--vacuum", is_flag=True, help="Then make the SQLite file anew; others wait meanwhile.")
@common
async def seal_rotate(config: Settings, _account: int | None, as_json: bool, vacuum: bool) -> None:
    """Seal everything with the first key of the file; the others may then be taken out of it."""
    answer = await _turn(config, as_json, "rotate", vacuum)
    say(answer, as_json, f"Sealed with the key {answer['key']}: {some(answer['rows'], 'row')} changed.{_more(answer)}")


@seal.command("off")
@common
async def seal_off(config: Settings, _account: int | None, as_json: bool) -> None:
    """Open everything again; WEBLEADS_SEAL may then be emptied."""
    answer = await _turn(config, as_json, "off", False)
    left = f" {_damaged(answer['damaged'])}" if answer["damaged"] else ""
    say(answer, as_json, f"Opened: {some(answer['rows'], 'row')} changed.{left}")


async def _turn(config: Settings, as_json: bool, to: str, vacuum: bool) -> dict[str, Any]:
    async with opened(config) as hand:
        answer: dict[str, Any] = await hand.watch("seal", as_json, to=to, vacuum=vacuum)
        return answer


def _more(answer: dict[str, Any]) -> str:
    said = []
    if answer["damaged"]:
        said.append(_damaged(answer["damaged"]))
    if not answer["vacuumed"]:
        said.append("Free pages of the database, and older backups, still hold the values as they were: --vacuum makes a SQLite file anew.")
    return "".join(f" {one}" for one in said)


def _damaged(count: int) -> str:
    return f"{some(count, 'value')} could not be opened: damaged, or changed by others. They were left as they are."


@seal.command("status")
@click.option("--all", "whole", is_flag=True, help="Read every value, and count the open and the damaged ones.")
@common
async def seal_status(config: Settings, _account: int | None, as_json: bool, whole: bool) -> None:
    """Say whether values are sealed, and with which key."""
    async with opened(config) as hand:
        async with hand.database.reader() as conn:
            keys = await conn.run_sync(sealing.states)
        held = hand.database.ring
        answer: dict[str, Any] = {"keys": keys, "file": config.seal or None, "newest": held.newest.name if held else None}
        if whole and held is not None:
            answer["tables"] = await _counted(hand, held)
    lines = [f"{name}  {_STATES[state]}" for name, state in keys.items()] or ["Nothing is sealed."]
    if held is not None and held.newest.name not in keys:
        lines.append(f"{held.newest.name}  the first key of {config.seal}, not in use: webleads seal {'rotate' if keys else 'on'}")
    for table, counts in answer.get("tables", {}).items():
        lines.append(f"{table:<18}  {counts['sealed']} sealed, {counts['open']} open, {counts['damaged']} damaged")
    say(answer, as_json, "\n".join(lines))


_STATES = {
    ring.SEALED: "every value is sealed with it",
    ring.SEALING: "values are being sealed with it; if no command is at work, say `webleads seal on` or `rotate` again",
    ring.LEAVING: "values are being opened, or sealed with another; if no command is at work, say it again",
}


async def _counted(hand: Hand, held: ring.Ring) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for name in reseal.TABLES:
        counts: Counter[str] = Counter()
        after: tuple[Any, ...] | None = None
        while True:
            async with hand.database.reader() as conn:
                after, more = await conn.run_sync(reseal.read, held, name, after, ROWS)
            counts += more
            if after is None:
                break
        found[name] = {state: counts[state] for state in ("sealed", "open", "damaged")}
    return found
