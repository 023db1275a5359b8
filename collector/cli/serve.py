"""Serving: the collector, and the sample site beside it."""

from __future__ import annotations

from typing import Any

import rich_click as click

from ..settings import Settings
from .hand import common, opened, say, some


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port; 0 takes a free one.")
@common
def serve(config: Settings, _account: int | None, _as_json: bool, host: str, port: int) -> None:
    """Serve the collector and its screens."""
    from ..serving import run

    run(config, host, port)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The collector's port; 0 takes a free one.")
@click.option("--demo-port", type=click.IntRange(0, 65535), help="The sample site's port; the one after --port by default.")
@click.option("--history", is_flag=True, help="Give the sample site 90 days of invented visits and leads.")
@click.option("--remove", is_flag=True, help="Take the sample site out, with its leads and visits.")
@common
def demo(
    config: Settings, account: int | None, as_json: bool, host: str, port: int, demo_port: int | None, history: bool, remove: bool
) -> Any:
    """Serve the collector, and a small French site beside it to try it on."""
    if remove:
        return _remove_demo(config, account, as_json)
    from ..serving import run

    run(config, host, port, demo_port=(port + 1 if 0 < port < 65535 else 0) if demo_port is None else demo_port, past=history)
    return None


async def _remove_demo(config: Settings, account: int | None, as_json: bool) -> None:
    async with opened(config) as hand:
        answer = await hand.run("demo remove", account=await hand.account(account))
    say(answer, as_json, f"The sample site is gone, with {some(answer['leads'], 'lead')} and {some(answer['visitors'], 'visitor')}.")
