"""The list as a file: exactly its rows, all of them, as a CSV that spreadsheets open, or as a workbook."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from typing import BinaryIO

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from ..present import dates, listing
from ..present.export import COLUMNS, Csv, Xlsx
from ..store import listing as rows
from . import auth, house, render
from .listing import Here, known

_PIECE = 64 * 1024  # bytes sent at once
_CSV, _XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def export(request: Request) -> Response:
    """The rows are fixed first, so that how many there are stands in the file's name; the columns are those of the contract, or with
    `chosen=1` those of the list."""
    user, here, made = auth.required(request), Here.of(request), house.of(request)
    async with made.database.reader() as conn:
        zone = (of := await known(conn, here)).zone
        chosen = await rows.ids(conn, user.account_id, here.filters(made.clock(), of.zone))
    columns = listing.exported(here.asked.shown) if request.query_params.get("chosen") == "1" else list(COLUMNS)
    language, day = render.language_of(request), dates.local(made.clock(), zone).strftime("%Y-%m-%d")
    if request.query_params.get("format") == "xlsx":
        async with made.exporting:
            file, n = await _workbook(made, user.account_id, chosen, zone, language, columns)
        return _file(_read(file), f"leads-{day}-{n}-rows.xlsx", _XLSX)
    csv = Csv(header="words", bom=True, zone=zone, language=language, columns=columns)
    return _file(_lines(made, user.account_id, chosen, csv), f"leads-{day}-{len(chosen) // 16}-rows.csv", _CSV)


def _file(pieces: AsyncIterator[bytes], name: str, kind: str) -> Response:
    return StreamingResponse(pieces, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


async def _lines(made: house.House, account: int, chosen: bytes, csv: Csv) -> AsyncIterator[bytes]:
    waiting = [csv.head()]
    async with made.database.reader() as conn:
        async for some in rows.export(conn, account, chosen):
            waiting += await asyncio.to_thread(_written, csv, some)
            if sum(map(len, waiting)) >= _PIECE:
                yield b"".join(waiting)
                waiting = []
    yield b"".join(waiting)


def _written(csv: Csv, some: list[rows.Row]) -> list[bytes]:
    return [csv.line(row) for row in some]


async def _workbook(made: house.House, account: int, chosen: bytes, zone: str, language: str, columns: list[str]) -> tuple[BinaryIO, int]:
    """Built by a thread in a file without a name, which is gone as soon as it is closed."""
    file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 (it is read after this)
    try:
        book = await asyncio.to_thread(Xlsx, file, zone=zone, language=language, columns=columns)
        async with made.database.reader() as conn:
            async for some in rows.export(conn, account, chosen):
                await asyncio.to_thread(book.add, some)
        await asyncio.to_thread(book.close)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file, book.rows


async def _read(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece
