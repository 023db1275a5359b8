"""What went wrong, in words."""

from __future__ import annotations

from typing import cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ..present.language import N_
from . import headers, house, render

# status → title, what it means, what to do
TEXTS = {
    403: (
        N_("This is not allowed"),
        N_("Either your role does not include this, or the form was too old or came from another page."),
        N_("Go back, load the page again and repeat what you did."),
    ),
    404: (
        N_("There is nothing here"),
        N_("The address is wrong, or what stood here is gone: a lead may have been erased, or merged into another."),
        N_("Look for it in the list of leads."),
    ),
    413: (N_("That was too much"), N_("What was sent is larger than any form of these screens."), N_("Send less.")),
    408: (N_("That took too long"), N_("What was sent did not arrive in full."), N_("Go back and try again.")),
    421: (
        N_("This is not the address of the collector"),
        N_("The collector answers only under its public address, and this is another."),
        N_("Use the address that its owner gave you, or change the setting WEBLEADS_URL."),
    ),
    500: (
        N_("Something broke on our side"),
        N_("The collector could not answer. Nothing that was saved before is lost."),
        N_("Try again in a moment; if it stays, look into the collector’s log."),
    ),
    503: (N_("The collector is busy"), N_("It cannot save anything right now."), N_("Try again in a moment.")),
}
_OTHER = (N_("This did not work"), N_("The collector did not understand the request."), N_("Go back and try again."))

_TOO_OLD = (
    N_("This was not done"),
    N_("The form was too old, or it came from another page."),
    N_("Open the page again as you did before, and repeat what you did."),
)
_VISITORS = {
    403: _TOO_OLD,
    404: (N_("There is nothing here"), N_("The address is wrong, or what stood here is gone."), N_("Start again from the site’s link.")),
    413: (N_("That was too much"), N_("What was sent is larger than any form of this page."), N_("Send less.")),
    408: TEXTS[408],
    503: (N_("Nothing can be saved right now"), N_("Nothing that was saved before is lost."), N_("Try again in a moment.")),
}
_VISITORS_OTHER = (N_("This did not work"), N_("The page could not answer."), N_("Go back and try again."))


def page(request: Request, status: int, more: dict[str, str] | None = None) -> Response:
    """The page of a status."""
    if not hasattr(request.state, "form_secret"):  # the guard itself broke
        request.state.form_secret = ""
    if request.url.path == "/me" or request.url.path.startswith("/me/"):  # nobody of the screens reads it
        title, meaning, remedy = _VISITORS.get(status, _VISITORS_OTHER)
        return render.page(request, "me_error.html", status, more, title=title, meaning=meaning, remedy=remedy)
    title, meaning, remedy = TEXTS.get(status, _OTHER)
    home = f"{house.base(request)}/" if status == 421 else "/"  # of a wrong host, the right one
    return render.page(request, "error.html", status, more, status_code=status, title=title, meaning=meaning, remedy=remedy, home=home)


async def refused(request: Request, wrong: Exception) -> Response:
    """Shows an HTTPException."""
    told = cast(HTTPException, wrong)
    return page(request, told.status_code, dict(told.headers or {}))


async def busy(request: Request, _: Exception) -> Response:
    """Shows that the writer cannot write now."""
    return page(request, 503, {"Retry-After": "5"})


async def broken(request: Request, _: Exception) -> Response:
    """Shows that we failed; the policy is put here because this answer passes by every middleware."""
    response = page(request, 500)
    headers.put(response.headers, secure=house.is_secure(request))
    return response
