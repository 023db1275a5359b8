"""What a visitor does on their page. Each is a form with a token, and each is filed as a request with what was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..actions import erasing, wishes
from ..actions.edit import BadEdit
from ..actions.erase import Unknown
from ..actions.unlink import Looked
from ..actions.wishes import Asker
from ..domain.edits import FIELDS
from ..present import access as words
from ..present import dates
from ..present.language import catalogue
from ..present.mine import FAULTS
from ..store import access, visiting
from . import auth, house, me, mine, quota, render

OBJECTIONS = 20  # from one network an hour
_TYPES = {"json": "application/json", "html": "text/html"}


async def withdraw(request: Request) -> Response:
    """Takes consent back."""
    return await _act(request, "withdraw", wishes.take_back, secret=house.of(request).secret)


async def object_to(request: Request) -> Response:
    """Files an objection; so many an hour from one network, for somebody must read each."""
    made, host = house.of(request), quota.network(request.client.host if request.client else "")
    if await mine.find(request) is not None and made.asked.wait(made.clock(), objection=(host, OBJECTIONS)):
        return RedirectResponse("/me?fault=often", 303)
    return await _act(request, "object", wishes.object_to, lambda sent: (sent.get("said", "").strip(),), secret=house.of(request).secret)


async def correct(request: Request) -> Response:
    """Corrects what is known; only what they changed is said."""
    return await _act(request, "correct", wishes.correct, lambda sent: (_changed(sent),), secret=house.of(request).secret)


def _changed(sent: dict[str, str]) -> dict[str, str]:
    return {name: sent[name].strip() for name in FIELDS if name in sent and sent[name].strip() != sent.get(f"was_{name}", "")}


async def _act(
    request: Request, name: str, act: Callable[..., Any], given: Callable[[dict[str, str]], tuple[Any, ...]] = lambda _sent: (), **more: Any
) -> Response:
    sent, session, made = await auth.form(request), await mine.find(request), house.of(request)
    if session is None:
        return RedirectResponse("/me", 303)
    try:
        done = await made.writer.run(act, asker(request, session), *given(sent), now=made.clock(), ids=made.ids, **more)
    except wishes.NotConfirmed:
        return RedirectResponse("/me", 303)
    except BadEdit as wrong:
        return RedirectResponse(f"/me?fault={wrong.args[0] if wrong.args[0] in FAULTS else 'field'}#acts", 303)
    told = "same" if done.get("fields") == 0 else "objected" if "permissions" in done else name
    return RedirectResponse(f"/me?done={told}", 303)


def asker(request: Request, session: visiting.Row) -> Asker:
    """Who acts."""
    return Asker(session["account_id"], session["visitor"], session["lead_id"], session["site_id"], render.language_of(request))


async def erase(request: Request) -> Response:
    """Asks first; then erases, ends the session and says what went."""
    if request.method != "POST":
        session = await mine.find(request)
        if session is None:
            return RedirectResponse("/me", 303)
        return render.page(request, "me_erase.html", confirmed=session["lead_id"] is not None)
    await auth.form(request)
    session, made = await mine.find(request), house.of(request)
    if session is None:
        return RedirectResponse("/me", 303)
    who, now = asker(request, session), made.clock()
    try:
        seen = await _looked(made, who, now)
        done = await made.writer.run(wishes.erase_all, who, secret=made.secret, now=now, ids=made.ids, looked=seen)
    except Unknown:
        return await me.ended(request, session)
    answer = render.page(request, "me_erased.html", erased=_erased(done, session["lead_id"] is not None, render.language_of(request)))
    mine.forget(request, answer)
    return answer


async def _looked(made: house.House, who: Asker, now: int) -> Looked:
    """Their refused events, found by readers: ten thousand of them are too many for a step of the writer."""
    if who.lead is None:
        return await erasing.looked_for(made.database.reader, [who.visitor or ""], now=now, account=who.account)
    async with made.database.reader() as conn:
        address = await conn.run_sync(wishes.address_of, who)
    return await erasing.looked(made.writer.run, made.database.reader, address, secret=made.secret, now=now, account=who.account)


def _erased(done: dict[str, int], confirmed: bool, language: str) -> list[str]:
    """What was erased, in sentences."""
    _, ngettext = catalogue(language).gettext, catalogue(language).ngettext
    if not confirmed:
        n, sent = done.get("events", 0), done.get("submissions", 0)
        told = [
            ngettext("%(n)d thing that this browser did is erased.", "%(n)d things that this browser did are erased.", n) % {"n": n},
            _(
                "Consent is taken back: nothing that this browser does from now on is taken."
                " The id that it holds goes when you refuse on the site itself."
            ),
        ]
        if sent:
            loose = ngettext(
                "%(n)d form stays with whom it names, tied to this browser no more.",
                "%(n)d forms stay with whom they name, tied to this browser no more.",
                sent,
            )
            told.append(loose % {"n": sent})
        return told
    sent, browsers = done.get("submissions", 0), done.get("visitors", 0)
    return [
        _("Your name and your address are erased, with your score and what was noted."),
        ngettext("%(n)d form that you sent is erased.", "%(n)d forms that you sent are erased.", sent) % {"n": sent},
        ngettext("The visits of %(n)d browser are erased.", "The visits of %(n)d browsers are erased.", browsers) % {"n": browsers},
    ]


async def download(request: Request) -> Response:
    """All that is kept of them: `as` is json or html, in the form or in the address."""
    sent, session, made = await auth.form(request), await mine.find(request), house.of(request)
    if session is None:
        return RedirectResponse("/me", 303)
    kind = sent.get("as") or request.query_params.get("as", "")
    kind = kind if kind in _TYPES else "html"
    view = await me.view_of(request, session)
    if view is None:
        return await me.ended(request, session)
    rows = await _rows(request, session)
    counts = {"tables": len(rows), "rows": sum(map(len, rows.values()))}
    now = made.clock()
    more = {"since": session["created_at"], "asked": session["request_id"], "now": now, "ids": made.ids}
    await made.writer.run(wishes.hand_out, asker(request, session), counts, **more)
    name = f"my-data-{dates.local(now, 'UTC'):%Y-%m-%d}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if kind == "json":
        keeps = [f"{what}: {time}" for what, time in view["keeps"]]
        body = words.as_json(rows, now=now, holder=view["holder"], confirmed=view["confirmed"], keeps=keeps)
        return Response(body, headers=headers, media_type=_TYPES[kind])
    return render.page(request, "me_file.html", 200, headers, rows=rows, words=words, **view)


async def _rows(request: Request, session: visiting.Row) -> dict[str, list[dict[str, Any]]]:
    async with house.of(request).database.snapshot() as conn:
        if session["lead_id"] is not None:
            return await conn.run_sync(access.of_lead, session["account_id"], await me.standing(conn, session))
        return await conn.run_sync(access.of_browser, session["account_id"], session["visitor"])
