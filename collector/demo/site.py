"""The demo: a small French site of a fictitious company, served on its own origin with the tag on every page. It keeps nothing."""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collector.demo.enquiries import contact_faults, is_email, quote_faults

ARTICLE = "/blog/pompe-a-chaleur-sept-questions"
LARGEST_BODY = 5 * 1024 * 1024  # bytes; the quote form takes a bill or a plan
_HERE = Path(__file__).parent


class Subscription(msgspec.Struct):
    """The body of the newsletter's call."""

    email: str


class Headers:
    """Put the page policy on every answer: nothing but the site itself and the collector may run, load or be called."""

    def __init__(self, app: ASGIApp, collector: str) -> None:
        self.app = app
        self.policy = (
            f"default-src 'none'; script-src 'self' {collector}; connect-src 'self' {collector}; img-src 'self' {collector} data:; "
            f"style-src 'self'; form-action 'self' {collector}; base-uri 'none'; frame-ancestors 'none'"
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers to what comes back."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = self.policy
                headers["X-Content-Type-Options"] = "nosniff"
                # Not "no-referrer": under it browsers send "Origin: null", which the collector refuses.
                headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
                headers["Cache-Control"] = "no-cache"  # not "no-store", which would keep pages out of the back-forward cache
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _render(request: Request, page: str, status: int = 200, **words: object) -> Response:
    pages: Jinja2Templates = request.app.state.pages
    return pages.TemplateResponse(request, page, words, status_code=status)


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


async def _values(request: Request) -> dict[str, str]:
    """Read a sent form's text fields, trimmed; files are read to their end and dropped."""
    async with request.form(max_files=3, max_fields=50) as form:
        return {name: value.strip() for name, value in form.items() if isinstance(value, str)}


async def home(request: Request) -> Response:
    """Show the services."""
    return _render(request, "home.html")


async def article(request: Request) -> Response:
    """Show the article with the newsletter form and the row of share links."""
    return _render(request, "article.html", address=str(request.url.replace(query="", fragment="")))


async def journal(request: Request) -> Response:
    """Lead to the only article."""
    return RedirectResponse(ARTICLE, 307)


async def legal(request: Request) -> Response:
    """Say who stands behind the demo and what it does with data."""
    return _render(request, "legal.html")


async def newsletter(request: Request) -> Response:
    """Answer the newsletter form: JSON 200 or 422 to the page's script, a page where scripts are off."""
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            email = msgspec.json.decode(await request.body(), type=Subscription).email.strip()
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            email = ""
        return JSONResponse({"ok": True}) if is_email(email) else JSONResponse({"ok": False, "faults": ["email"]}, 422)
    ok = is_email((await _values(request)).get("email", ""))
    return _render(request, "notice.html", 200 if ok else 422, notice="subscribed" if ok else "bad-email")


async def contact(request: Request) -> Response:
    """Show the contact form."""
    return _render(request, "contact.html", values={}, faults=[], expired=False, csrf=request.app.state.csrf)


async def send_contact(request: Request) -> Response:
    """Take the contact form: 303 to the thanks, 422 with the form and its faults, 403 where the hidden token is not ours."""
    values = await _values(request)
    faults = contact_faults(values)
    csrf = request.app.state.csrf
    expired = not secrets.compare_digest(values.get("csrf", "").encode(), csrf.encode())
    if faults or expired:
        return _render(request, "contact.html", 403 if expired else 422, values=values, faults=faults, expired=expired, csrf=csrf)
    return RedirectResponse("/contact/merci", 303)


async def thanks(request: Request) -> Response:
    """Thank for the message."""
    return _render(request, "thanks.html")


async def quote(request: Request) -> Response:
    """Show the quote request."""
    return _render(request, "quote.html", values={}, faults=[])


async def send_quote(request: Request) -> Response:
    """Take the quote request: JSON 200 or 422 with the faulty fields to the page's script, a page where scripts are off."""
    values = await _values(request)
    faults = quote_faults(values)
    if _wants_json(request):
        return JSONResponse({"ok": False, "faults": faults}, 422) if faults else JSONResponse({"ok": True})
    if faults:
        return _render(request, "quote.html", 422, values=values, faults=faults)
    return _render(request, "notice.html", notice="quoted")


async def missing(request: Request, _: Exception) -> Response:
    """Say that there is no such page, with the way back."""
    return _render(request, "missing.html", 404)


def _templates(collector: str, site_id: int) -> Jinja2Templates:
    environment = Environment(loader=FileSystemLoader(_HERE / "pages"), autoescape=True, undefined=StrictUndefined)
    environment.globals.update(collector=collector, site=site_id, article=ARTICLE)
    return Jinja2Templates(env=environment)


def create(collector_url: str, site_id: int) -> Starlette:
    """Build the demo site as an ASGI app without a database.

    `collector_url` is the collector's public address (http or https, a path is kept for the tag and dropped for the page policy);
    `site_id` the site that the tag reports to. ValueError where the address is not one.
    """
    collector = collector_url.rstrip("/")
    parts = urlsplit(collector)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"not an http address: {collector_url!r}")
    app = Starlette(
        routes=[
            Route("/", home),
            Route("/blog", journal),
            Route(ARTICLE, article),
            Route("/newsletter", newsletter, methods=["POST"]),
            Route("/contact", contact),
            Route("/contact", send_contact, methods=["POST"]),
            Route("/contact/merci", thanks),
            Route("/devis", quote),
            Route("/devis", send_quote, methods=["POST"]),
            Route("/mentions-legales", legal),
            Mount("/static", StaticFiles(directory=_HERE / "static")),
        ],
        middleware=[Middleware(Headers, collector=f"{parts.scheme}://{parts.netloc}")],
        exception_handlers={404: missing},
        max_body_size=LARGEST_BODY,
    )
    app.state.pages = _templates(collector, site_id)
    app.state.csrf = secrets.token_urlsafe(24)
    return app
