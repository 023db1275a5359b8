"""Every screen, found by the routes of the application: a screen that is added is walked by itself, or the walk says what it must be told.

`account` writes one row of every kind, `addresses` turns the routes into concrete addresses, `soak` puts a text into every column that
somebody outside may have filled.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx2
from sqlalchemy import Connection, Text, insert, select, update
from starlette.applications import Starlette
from starlette.routing import Route

from collector.actions import costs, goals, requests, users, visiting
from collector.domain.costs import Cost
from collector.store import schema, sites
from collector.store.ids import uuid7
from collector.store.migrate import RETENTION
from collector.store.writer import Writer
from collector.web import mine

from . import rows, story
from .rows import DAY, HOUR, NOW

STRANGER = "owner@elsewhere.example"
ROLES = {"owner": "owner@example.com", "marketer": "marketer@example.com", "viewer": "viewer@example.com"}
CHANGE = b"change" + bytes(10)
BROWSER, CONFIRMED = "b" * 43, "c" * 43  # what browsers hold of the visitor's own page


class Told(NamedTuple):
    """What stands in the account, and what a part of an address may be."""

    lead: bytes
    parts: dict[str, str]  # an address up to a parameter → the parameter's value


def account(conn: Connection) -> Told:
    """Writes an account with a row of every kind, users of every role, and another account with an owner."""
    lead = story.tell(conn)
    for role in ("marketer", "viewer"):
        rows.user(conn, ROLES[role], role)
    request = _rest(conn, lead)
    count(conn, "contact", "newsletter")
    assert sites.add_account(conn, "elsewhere", NOW, RETENTION) == 2
    rows.user(conn, STRANGER, account=2)
    rows.site(conn, 77, account=2, domain="elsewhere.example")
    marketer = conn.execute(select(schema.user.c.id).where(schema.user.c.email == ROLES["marketer"])).scalar_one()
    goal = next(row.goal_id for row in conn.execute(select(schema.goal.c.goal_id)))
    uuid = str(UUID(bytes=lead))
    view = next(row.id for row in conn.execute(select(schema.view.c.id).order_by(schema.view.c.id)))
    # Written as it would be: a true one would fold the lead anew, whose rows stand here without what they follow from.
    conn.execute(
        insert(schema.bulk).values(account_id=1, id=CHANGE, kind="tag", value="foire", actor="", at=NOW, asked=1, done=1, n=1, state="done")
    )
    changed = {"account_id": 1, "id": uuid7(NOW), "lead_id": lead, "kind": "tag", "name": "", "value": "foire", "actor": "", "at": NOW}
    conn.execute(insert(schema.edit).values(**changed, bulk_id=CHANGE))
    return Told(
        lead,
        {
            "/leads/{id}": uuid,
            "/leads/changes/{id}": str(UUID(bytes=CHANGE)),
            "/leads/views/{id}": str(UUID(bytes=view)),
            "/settings/people/{id}": str(UUID(bytes=marketer)),
            "/requests/{id}": str(UUID(bytes=request)),
            "/sites/{id:int}": "42",
            "/companies/{name:path}": "durand-fils.example",
            "/settings/scoring/rules/{name}": "pricing",
            "/costs/{id}": (b"\x01" * 16).hex(),
            "/goals/{id}": goal.hex(),
            "/static/{name}": "none.css",
        },
    )


def _rest(conn: Connection, lead: bytes) -> bytes:
    """What else an account holds. Answers a request that somebody made."""
    goals.add(conn, 1, name="Tarifs lus", kind="page", pattern="/prestations", value=500, currency="EUR", actor="", now=NOW, id=uuid7(NOW))
    told = [Cost(2, NOW // DAY - 3, "google", "cpc", "chauffage-automne-2026", 12_345, "EUR")]
    costs.add_some(conn, 1, b"\x01" * 16, "novembre.csv", told, bad=1, actor="owner@example.com", now=NOW)
    made = requests.file(conn, "erasure", by="person", id=uuid7(NOW), now=NOW, lead=lead, said="Effacez-moi, merci.")
    requests.step(conn, made, "extended", actor="", id=uuid7(NOW), now=NOW, note="Beaucoup de demandes")
    rows.lead(conn, NOW - 4 * HOUR, name="Gagner Vite", email="gagner@example.biz", quarantine="links", message="http://gagner.example")
    alike = rows.lead(conn, NOW - 2 * HOUR, name="Camille Durand", email="camille@example.net", phone="+33612345678", tags='["salon"]')
    for one in (lead, alike):
        for key, kind in ((b"\x03", "name"), (b"\x04", "phone")):
            conn.execute(insert(schema.likeness).values(account_id=1, key=key * 16, lead_id=one, kind=kind))
    merged = {"account_id": 1, "id": uuid7(NOW), "from_lead": uuid7(NOW), "into_lead": lead, "actor": "", "reason": "Même voix", "at": NOW}
    conn.execute(insert(schema.merge).values(**merged))
    owner = conn.execute(select(schema.user.c.id).where(schema.user.c.role == "owner")).scalar_one()
    for shared in (0, 1):
        view = {
            "account_id": 1,
            "id": uuid7(NOW),
            "user_id": owner,
            "name": f"Mes pistes {shared}",
            "asked": "q=durand",
            "shared": shared,
            "at": NOW,
        }
        conn.execute(insert(schema.view).values(**view))
    refused = {"account_id": 1, "id": uuid7(NOW), "site_id": 42, "received_at": NOW - HOUR, "reason": "bad-time", "body": b'{"x":1}'}
    conn.execute(insert(schema.refused).values(**refused))
    conn.execute(insert(schema.refused_count).values(account_id=1, site_id=42, day=NOW // DAY, reason="bad-time", n=1))
    change = {"account_id": 1, "day": NOW // DAY, "lead_id": lead, "before": 1_000, "after": 5_742, "at": NOW - HOUR}
    conn.execute(insert(schema.score_change).values(**change))
    visiting.open_browser(conn, mine.digest(BROWSER), visitor=story.CAMILLE, site=42, now=NOW)
    visiting.open_confirmed(conn, mine.digest(CONFIRMED), lead=lead, site=42, now=NOW)
    return made


def count(conn: Connection, *names: str) -> None:
    """What a day of site 42 counts, by rollups of every kind whose keys hold a text from outside."""
    shapes = {"page": "/{}", "source": "{0}\x1f{0}", "campaign": "{0}\x1f{0}\x1f{0}", "form": "{}", "form-step": "{}\x1fstart"}
    shapes |= {"form-field": "{0}\x1fabandon\x1f{0}", "language": "{}"}
    for kind, shape in shapes.items():
        for name in names:
            row = {"account_id": 1, "site_id": 42, "day": NOW // DAY - 1, "kind": kind, "key": shape.format(name)}
            conn.execute(insert(schema.rollup).values(**row, visits=7, views=12, leads=2, conversions=3, heard_at=NOW))


def sign_in(conn: Connection, email: str, *, token: str = "") -> str:
    """Signs a user in without the form. Answers what the browser holds."""
    token = token or uuid4().hex
    user = conn.execute(select(schema.user.c.id).where(schema.user.c.email == email)).scalar_one()
    users.log_in(conn, user, token, now=NOW)
    return token


async def tell(app: Starlette, writer: Writer) -> Told:
    """The account, and what only the screens can make: a report that somebody kept."""
    told: Told = await writer.run(account)
    cookies = {"webleads-session": await writer.run(sign_in, ROLES["owner"])}
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://leads.test", cookies=cookies) as browser:
        token = re.search(r'name="token" value="([^"]+)"', (await browser.get("/attribution")).text)
        assert token is not None
        await browser.post("/attribution/keep", data={"token": token[1], "name": "Novembre"}, headers={"sec-fetch-site": "same-origin"})
    run = await writer.run(lambda conn: conn.execute(select(schema.run.c.id)).scalar_one())
    return told._replace(parts=told.parts | {"/attribution/kept/{id}": run.hex()})


# The routes -------------------------------------------------------------------------------------------------------


class Unknown(AssertionError):
    """The walk does not know what stands for a parameter of a route."""


def routes(app: Starlette, method: str) -> list[str]:
    """The routes that take a method, as they are written."""
    return [route.path for route in app.routes if isinstance(route, Route) and method in (route.methods or ())]


def address(path: str, told: Told) -> str:
    """A route with something real for each of its parameters. Raises Unknown."""
    made = path
    for found in re.finditer(r"\{[^}]+\}", path):
        upto = path[: found.end()]
        if upto not in told.parts:
            raise Unknown(f"tests/web/walk.py: what stands for {upto}?")
        made = made.replace(found[0], quote(told.parts[upto]), 1)
    return made


# What a route is nothing without.
NEEDS = {"/reports/forms/one": "?site=42&form=contact"}
# What the screens look like when they are asked for more than their bare address.
MORE = {
    "/leads": [
        *("?kind=all", "?q=nobody-at-all", "?q=durand&site=42", f"?changed={UUID(bytes=CHANGE)}"),
        "?columns=email,phone,company,status,owner,tags,page,first,last,seen,site,consent,marks&kind=all&part=columns",
    ],
    "/leads/{id}": ["?show=forms", "?look_back=30"],
    "/leads/{id}/merge": ["?q=e"],
    "/today": ["?since=2026-11-01"],
    "/leads/{id}/seen": ["?browser=1"],
    "/attribution": ["?beside=markov"],
    "/reports/sources": ["?period=365d"],
    "/links": ["?page=https%3A%2F%2Fexample.com%2F&source=Lettre"],
    "/me": ["?site=42&closed=1"],
    "/help": [],
}


def addresses(app: Starlette, told: Told) -> Iterator[tuple[str, str]]:
    """Every route that takes GET, with a concrete address; and the addresses of MORE."""
    for path in dict.fromkeys(routes(app, "GET")):
        if path in STREAMS:
            continue
        bare = address(path, told) + NEEDS.get(path, "")
        yield path, bare
        for more in MORE.get(path, ()):
            yield path, bare + more


# Answers that do not end by themselves.
STREAMS = {"/live/events"}
# No look, or not HTML.
FILES = {
    *("/static/{name}", "/leads/export", "/leads/{id}/file", "/leads/changes/{id}", "/sites/{id:int}/heard", "/sites/{id:int}/going", "/"),
}
# Nothing of the screens: what is shown needs a link, or nobody signed in.
OPEN = {"/login", "/login/link", "/join", "/setup"}


def screens(app: Starlette, told: Told) -> list[str]:
    """The addresses of the screens that somebody with a role may look at."""
    return [one for path, one in addresses(app, told) if path not in FILES | OPEN and not re.fullmatch(r"/me(/.*)?", path)]


# What is kept -----------------------------------------------------------------------------------------------------


def everything(conn: Connection) -> dict[str, list[Any]]:
    """Every row of every table, but for when a login session was last seen."""
    kept = {}
    for table in schema.metadata.sorted_tables:
        columns = [one for one in table.c if (table.name, one.name) != ("login_session", "seen_at")]
        kept[table.name] = sorted(repr(tuple(row)) for row in conn.execute(select(*columns)))
    return kept


# Columns of texts that are codes of ours, written by nobody outside.
CODES = {
    *("actor", "by", "code", "consent", "country", "currency", "digest", "evidence", "excluded", "figures", "how", "kind", "language"),
    *(
        "marketing_consent",
        "milestones",
        "opens",
        "owner",
        "password",
        "proof",
        "purpose",
        "quarantine",
        "reason",
        "result",
        "role",
        "rule",
    ),
    *("rules", "state", "status", "told_by", "token", "touch_key", "way", "withheld", "zone"),
}
_PERSONS_OWN = {
    ("session", "language"),
    ("merge", "reason"),
    ("site", "reason"),
    ("submission_field", "withheld"),
    ("conversion", "result"),
}
_OURS = {
    ("account", "name"),
    ("user", "email"),
    ("link", "purpose"),
    ("run", "asked"),
    ("view", "asked"),
    ("sealing", "key"),
    ("lead", "search"),
}


def soak(conn: Connection, text: Callable[[int, int], str]) -> int:
    """Writes `text(row, column)` into every column of account 1 that may hold a text from outside, in JSON into each of its texts.

    A column that is added is soaked too, unless its name is one of CODES. Answers how many values were written.
    """
    written = 0
    for table in schema.metadata.sorted_tables:
        if "account_id" not in table.c:
            continue
        columns = [one for one in table.c if _is_outside(table.name, one)]
        keys = list(table.primary_key)
        found = list(conn.execute(select(*keys, *columns).where(table.c.account_id == 1).order_by(*keys))) if columns else []
        for place, row in enumerate(found):
            here = [key == value for key, value in zip(keys, row[: len(keys)], strict=True)]
            told = {
                one.name: _soaked(value, text(place, number))
                for number, (one, value) in enumerate(zip(columns, row[len(keys) :], strict=True))
                if value is not None
            }
            conn.execute(update(table).where(*here).values(told))
            written += len(told)
    return written


def _is_outside(table: str, column: Any) -> bool:
    if (table, column.name) in _OURS or column.primary_key or column.name == "visitor":
        return False
    kind = getattr(column.type, "impl", column.type)
    return isinstance(kind, Text) and (column.name not in CODES or (table, column.name) in _PERSONS_OWN)


def _soaked(value: Any, text: str) -> Any:
    """The same shape with other texts in it."""
    try:
        shape = json.loads(value)
    except (TypeError, ValueError):
        return text
    return json.dumps(_inside(shape, text)) if isinstance(shape, (dict, list)) else text


def _inside(shape: Any, text: str) -> Any:
    if isinstance(shape, dict):
        return {key: _inside(one, text) for key, one in shape.items()}
    if isinstance(shape, list):
        return [_inside(one, text) for one in shape]
    return text if isinstance(shape, str) else shape
