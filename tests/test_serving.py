"""What the server says of a library's trouble, and for whom it does not wait."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from typing import Any

import pytest
from starlette.responses import PlainTextResponse

from collector import serving


def test_what_a_library_logs_is_one_json_line_without_the_words_of_an_error() -> None:
    try:
        raise ValueError("camille@example.org is taken")
    except ValueError:
        record = logging.LogRecord("uvicorn", logging.ERROR, __file__, 1, 'said "%s"\nand more', ("x",), sys.exc_info())
    line = serving._Line().format(record)
    told = json.loads(line)
    assert "\n" not in line
    assert "camille" not in line
    assert (told["event"], told["error"], told["level"]) == ('said "x"', "ValueError", "error")
    assert "test_serving.py" in told["at"][-1]


WHOLE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
HALF = b"POST /in HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"


@pytest.mark.parametrize("sent", [[b""], [WHOLE[:-2]], [WHOLE, WHOLE[:-2]], [HALF], [WHOLE, HALF]])
async def test_a_connection_that_never_ends_its_request_is_closed(sent: list[bytes]) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await PlainTextResponse("ok")(scope, receive, send)

    server, bound = serving._server(app, "127.0.0.1", 0)
    tasks = [asyncio.create_task(server.serve(sockets=[bound]))]
    while not server.started:
        await asyncio.sleep(0.01)
    tasks.append(asyncio.create_task(serving._close_the_silent([server], patience=0.1)))
    try:
        reader, writer = await asyncio.open_connection(*bound.getsockname())
        for part in sent:
            writer.write(part)
            if part == WHOLE:
                assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200 OK")
        assert await asyncio.wait_for(reader.read(), 3) == b""  # ends when the other side closes
        writer.close()
    finally:
        tasks[1].cancel()
        server.should_exit = True
        await asyncio.wait_for(tasks[0], 5)
