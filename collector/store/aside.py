"""Work that may take minutes in a thread that a stop does not wait for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

Answer = TypeVar("Answer")


async def in_thread(work: Callable[[], Answer]) -> Answer:
    """What `work` answers or raises; the loop goes on meanwhile. A process that ends leaves it where it is: it must stand that."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Answer] = loop.create_future()

    def settle(answer: Answer | None, wrong: BaseException | None) -> None:
        if future.cancelled():
            return
        if wrong is not None:
            future.set_exception(wrong)
        else:
            future.set_result(answer)  # type: ignore[arg-type]

    def run() -> None:
        told: tuple[Answer | None, BaseException | None]
        try:
            told = work(), None
        except BaseException as wrong:  # whatever it was, who waits is told
            told = None, wrong
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(settle, *told)

    threading.Thread(target=run, daemon=True, name="aside").start()
    return await future
