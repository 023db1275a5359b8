"""In front of every screen: reads who is asking and in which language, and turns away whom it does not concern."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from . import auth, errors, house

# Everything else needs a login: a new screen is closed until somebody opens it.
_OPEN = re.compile(r"/login|/login/link|/setup|/join|/language|/theme|/static/.*|/me|/me/.*")
_FOREIGN = "/me"  # the one form that stands on another site's page: a visitor's own secret is its token
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """Turns away other hosts, forms of other origins, and who is not logged in."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what may pass."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request = Request(scope, receive)
        request.state.user = await auth.find_user(request)
        request.state.language = auth.find_language(request)
        auth.read_form_cookie(request)
        await (_refusal(request) or self.app)(scope, receive, send)


def _refusal(request: Request) -> Response | None:
    url = house.of(request).settings.url
    files = request.url.path.startswith("/static/")  # nobody's, and the page that says so looks as it should
    if url and not files and request.headers.get("host", "").lower() != urlsplit(url).netloc.lower():
        return errors.page(request, 421)
    if request.method not in _SAFE and request.url.path != _FOREIGN and not auth.same_origin(request):
        return errors.page(request, 403)
    if auth.user_of(request) is None and not _OPEN.fullmatch(request.url.path):
        return _to_login(request)
    return None


def _to_login(request: Request) -> Response:
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"HX-Refresh": "true"})
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    wanted = "" if asked == "/" or request.method not in _SAFE else f"?next={quote(asked, safe='/')}"
    return RedirectResponse(f"/login{wanted}", 303)
