"""What everything is measured against: a Starlette app that reads the body and answers 204, on the collector's own server settings."""

from __future__ import annotations

import asyncio

import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector import serving


async def take(request: Request) -> Response:
    """Reads and forgets."""
    await request.body()
    return Response(status_code=204)


async def _run() -> None:
    app = Starlette(routes=[Route("/in", take, methods=["POST"])])
    server, bound = serving._server(app, "127.0.0.1", 0)  # the very settings of `serve`, whatever they become
    print(f"ready http://127.0.0.1:{bound.getsockname()[1]}", flush=True)
    await server.serve(sockets=[bound])


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run())
