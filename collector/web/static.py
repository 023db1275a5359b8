"""Static files, named by the hash of what they hold and cached for ever."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

import brotli
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


class File(NamedTuple):
    """One file as it is sent."""

    type: str
    body: bytes
    packed: bytes


class Files:
    """All static files, read and compressed once."""

    def __init__(self) -> None:
        self._files: dict[str, File] = {}
        self._names: dict[str, str] = {}
        for path in sorted(_FOLDER.rglob("*")):
            if path.suffix in _TYPES:
                body = path.read_bytes()
                hashed = f"{path.stem}.{hashlib.sha256(body).hexdigest()[:16]}{path.suffix}"
                self._names[path.name] = hashed
                self._files[hashed] = File(_TYPES[path.suffix], body, brotli.compress(body, quality=6))

    def url(self, name: str) -> str:
        """Where a file is found."""
        return f"/static/{self._names[name]}"

    async def answer(self, request: Request) -> Response:
        """One file."""
        file = self._files.get(request.path_params["name"])
        if file is None:
            raise HTTPException(404)
        headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
        if "br" in request.headers.get("accept-encoding", ""):
            return Response(file.packed, headers=headers | {"Content-Encoding": "br"}, media_type=file.type)
        return Response(file.body, headers=headers, media_type=file.type)
