"""The policy that every answer of the screens carries: nothing runs, loads or is called but our own files."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types default webleads-inert"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


HTTPS_ONLY = "max-age=31536000"  # a year, and this host alone: what its subdomains speak is not ours to say


def put(headers: MutableHeaders, *, secure: bool = False) -> None:
    """Adds the policy; pages about people are kept by nobody on the way. `secure`: browsers reach the screens by https."""
    for name, value in POLICY.items():
        headers[name] = value
    if secure:
        headers["Strict-Transport-Security"] = HTTPS_ONLY
    headers.setdefault("Cache-Control", "no-store")


class Headers:
    """Puts the policy on every answer of an application."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self.app = app
        self.secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on and adds the headers to what comes back."""

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                put(MutableHeaders(scope=message), secure=self.secure)
            await send(message)

        await self.app(scope, receive, send_with_policy)
