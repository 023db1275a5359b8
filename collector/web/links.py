"""Campaign links: one put together and looked through, and the links of one's own pages that carry tags they should not."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from ..domain import links
from ..domain.channels import UNASSIGNED
from ..domain.rollups import day_of
from ..present import links as words
from ..store import rollups, sites
from . import auth, house, render
from .sites import LINT_DAYS

RECENT_DAYS = 90
MOST = 20  # campaigns that are offered
KNOWN = 100  # campaigns whose names are looked through


async def shown(request: Request) -> Response:
    """The builder: what the link is made of stands in the address; nothing is kept."""
    user, now = auth.required(request), house.of(request).clock()
    asked = links.Asked(**{name: request.query_params.get(name, "")[:2_000].replace("\x00", "") for name in links.Asked._fields})
    async with house.of(request).database.reader() as conn:
        known = [row for row in await sites.all(conn, user.account_id) if sites.is_current(row)]
        days = range(now // 86_400_000 - RECENT_DAYS, now // 86_400_000 + 2)
        campaigns = await rollups.campaigns_on(conn, user.account_id, days, KNOWN)
        untold = await rollups.under_on(conn, user.account_id, UNASSIGNED, days, MOST)
        tagged = [
            (row, found)
            for row in known
            if (found := await rollups.own_links(conn, user.account_id, row["id"], day_of(now, row["zone"]) - LINT_DAYS))
        ]
    own = frozenset(host for row in known for host in (row["domain"], *row["hosts"]))
    made = links.build(asked, own, [name for name, _visits in campaigns])
    return render.page(
        request,
        "links.html",
        asked=asked,
        made=made,
        by_field={field: [code for code, of in made.faults if of == field] for field in links.Asked._fields},
        campaigns=campaigns[:MOST],
        alike=links.alike([name for name, _visits in campaigns]),
        untold=untold,
        unassigned=UNASSIGNED,
        tagged=tagged,
        sites=known,
        words=words,
        days=LINT_DAYS,
    )
