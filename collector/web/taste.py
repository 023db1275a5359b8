"""How somebody likes the screens, kept in cookies: it says nothing of who they are, and works before a login."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..present.language import N_
from . import auth

THEMES = {"system": N_("System"), "light": N_("Light"), "dark": N_("Dark")}
_FOR = 365 * 86_400  # seconds


def theme_of(request: Request) -> str:
    """`light`, `dark`, or `system`: as the browser says."""
    chosen = auth.kept(request, "theme")
    return chosen if chosen in THEMES else "system"


def has_keys(request: Request) -> bool:
    """Whether single keys do something (WCAG 2.1.4 asks that they can be switched off)."""
    return auth.kept(request, "keys") != "off"


async def theme(request: Request) -> Response:
    """Keeps a theme."""
    sent = await auth.form(request)
    return _kept(request, "theme", sent.get("theme", ""), tuple(THEMES), sent.get("next", "/"))


async def keys(request: Request) -> Response:
    """Switches the single keys on or off."""
    auth.required(request)
    sent = await auth.form(request)
    return _kept(request, "keys", sent.get("keys", ""), ("on", "off"), sent.get("next", "/"))


def _kept(request: Request, what: str, chosen: str, known: tuple[str, ...], back: str) -> Response:
    if chosen not in known:
        raise HTTPException(400)
    answer = RedirectResponse(auth.local_path(back), 303)
    auth.keep(request, answer, what, chosen, _FOR)
    return answer
