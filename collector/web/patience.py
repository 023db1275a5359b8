"""How long a form may take to arrive: a body that never ends must not hold a connection for ever."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST = 30.0  # seconds, as for a batch of events


class Patience:
    """Answers 408 to a request whose body has not arrived in time."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on with a body that ends in time."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        until = asyncio.get_running_loop().time() + LONGEST
        whole = False

        async def receive_in_time() -> Message:
            nonlocal whole
            if whole:
                return await receive()  # an answer of any length may be waited with
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, headers={"Connection": "close"}) from None
            whole = not message.get("more_body", False)
            return message

        await self.app(scope, receive_in_time, send)
