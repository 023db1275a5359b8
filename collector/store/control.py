"""A command's way to the writer of a running server: a socket of mode 0600 beside the SQLite file.

One JSON object a line each way: {"name": …, "arguments": {…}} → {"answer": …} or {"wrong": kind, "says": text}.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from .database import Database

Handle = Callable[[str, dict[str, Any]], Awaitable[Any]]
LINE = 16 * 1024 * 1024


class Failed(Exception):
    """What the server said of a command that it did not carry out; args are the error's kind and text."""


def path_of(database: Database) -> Path:
    """Where the socket is. A path too long for a socket (108 bytes) makes do without."""
    assert database.file is not None
    return database.file.with_name(database.file.name + ".sock")


async def listen(database: Database, handle: Handle) -> asyncio.AbstractServer | None:
    """Takes commands until closed. The lock is held, so whatever lies at the path is dead."""
    path = path_of(database)
    if len(os.fsencode(path)) > 100:
        return None
    path.unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        return await asyncio.start_unix_server(lambda reader, writer: _serve(reader, writer, handle), path, limit=LINE)
    finally:
        os.umask(before)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handle: Handle) -> None:
    try:
        line = await reader.readline()
        if not line:
            return
        try:
            asked = json.loads(line)
            answer = {"answer": await handle(asked["name"], asked["arguments"])}
        except Exception as wrong:  # whatever it was, the command is told
            answer = {"wrong": type(wrong).__name__, "says": str(wrong)}
        writer.write(json.dumps(answer).encode() + b"\n")
        await writer.drain()
    finally:
        writer.close()


async def ask(database: Database, name: str, arguments: dict[str, Any]) -> Any:
    """Hands a command to the running server. Raises ConnectionError where none runs, Failed where it failed."""
    path = path_of(database)
    if len(os.fsencode(path)) > 100:
        raise ConnectionRefusedError(f"{path}: too long for a socket")
    try:
        reader, writer = await asyncio.open_unix_connection(path, limit=LINE)
    except FileNotFoundError:
        raise ConnectionRefusedError(f"{path}: nobody there") from None
    try:
        writer.write(json.dumps({"name": name, "arguments": arguments}).encode() + b"\n")
        await writer.drain()
        line = await reader.readline()
    finally:
        writer.close()
    if not line:
        raise ConnectionResetError("the server went away")
    told = json.loads(line)
    if "wrong" in told:
        raise Failed(told["wrong"], told["says"])
    return told["answer"]
