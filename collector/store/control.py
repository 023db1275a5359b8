"""A command's way to the writer of a running server: a socket of mode 0600 beside the SQLite file.

One JSON object a line each way: {"name": …, "arguments": {…}} → {"answer": …} or {"wrong": kind, "says": text}; before
that, of a long command, any number of {"progress": …}.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from .database import Database

Told = Callable[[dict[str, Any]], None]  # how far a long command has come
Handle = Callable[[str, dict[str, Any], Told], Awaitable[Any]]
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
            answer = {"answer": await handle(asked["name"], asked["arguments"], lambda far: _tell(writer, far))}
        except Exception as wrong:  # whatever it was, the command is told
            answer = {"wrong": type(wrong).__name__, "says": str(wrong)}
        writer.write(json.dumps(answer).encode() + b"\n")
        await writer.drain()
    finally:
        writer.close()


def _tell(writer: asyncio.StreamWriter, far: dict[str, Any]) -> None:
    if not writer.is_closing():  # who asked may have gone; the command goes on
        writer.write(json.dumps({"progress": far}).encode() + b"\n")


async def is_listened_to(database: Database) -> bool:
    """Whether a server takes commands."""
    try:
        _reader, writer = await asyncio.open_unix_connection(path_of(database))
    except OSError:
        return False
    writer.close()
    return True


async def ask(database: Database, name: str, arguments: dict[str, Any], told: Told = lambda _: None) -> Any:
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
        while line := await reader.readline():
            said = json.loads(line)
            if "wrong" in said:
                raise Failed(said["wrong"], said["says"])
            if "answer" in said:
                return said["answer"]
            told(said["progress"])
    finally:
        writer.close()
    raise ConnectionResetError("the server went away")
