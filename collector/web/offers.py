"""Screens that lead to others: settings, and the help with the keyboard."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from . import auth, nav, render


async def settings(request: Request) -> Response:
    """A link to each setting, with a sentence of what it is for."""
    auth.required(request)
    return render.page(request, "settings.html", groups=nav.settings(request))


async def help(request: Request) -> Response:
    """The keys and what they do; the dialog behind `?` says the same."""
    auth.required(request)
    return render.page(request, "help.html")
