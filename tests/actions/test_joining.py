"""Invitations, links for another password, roles, and how somebody leaves; on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, select

from collector.actions import handing, joining
from collector.actions import users as acts
from collector.store import schema, users
from collector.store.database import Database
from collector.store.ids import uuid7
from collector.store.writer import Writer
from tests.builders import SECRET, form, tell
from tests.builders import rows as stored
from tests.web import rows
from tests.web.rows import NOW

HASH = rows._hash
DAY = joining.DAY
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # what the other tests show of PostgreSQL is enough


async def _invite(writer: Writer, email: str = "Ana@Example.com", role: str = "viewer", token: str = "link", **more: Any) -> bytes:
    id: bytes = await writer.run(joining.invite, 1, email, role, token, now=NOW, id=uuid7(NOW), **more)
    return id


async def _join(writer: Writer, token: str = "link", session: str = "session", now: int = NOW) -> Any:
    return await writer.run(joining.join, token, HASH, session, now=now, agent="Firefox 145 · Linux · desktop")


async def _who(database: Database, token: str, now: int = NOW) -> dict[str, Any] | None:
    async with database.reader() as conn:
        return await users.by_session(conn, acts.digest(token), now)


async def test_an_invitation_works_once_and_makes_that_person_with_that_role(database: Database, writer: Writer) -> None:
    id = await _invite(writer)
    async with database.reader() as conn:
        (row,) = await users.people(conn, 1, NOW)
        assert (row["email"], row["pending"], row["until"], row["sessions"]) == ("ana@example.com", True, NOW + 7 * DAY, 0)
    assert await _join(writer) == id
    found = await _who(database, "session")
    assert found is not None
    assert (found["email"], found["role"]) == ("ana@example.com", "viewer")
    with pytest.raises(acts.Dead):
        await _join(writer, session="thief")
    async with database.reader() as conn:
        (row,) = await users.people(conn, 1, NOW)
        (session,) = await users.sessions_of(conn, id, NOW)
    assert (row["pending"], row["until"], row["sessions"], row["seen_at"]) == (False, 0, 1, NOW)
    assert session["agent"] == "Firefox 145 · Linux · desktop"


@SQLITE
async def test_who_was_invited_cannot_sign_in_before_they_chose_a_password(database: Database, writer: Writer) -> None:
    await _invite(writer)
    async with database.reader() as conn:
        row = await users.by_email(conn, "ana@example.com")
        assert row is not None
        assert not await users.has_owner(conn)
    assert not any(acts.matches(row["password"], text) for text in ("", "nobody has this password"))


@SQLITE
async def test_an_invitation_ends_after_seven_days_and_a_renewed_one_kills_the_old(writer: Writer) -> None:
    id = await _invite(writer)
    with pytest.raises(acts.Dead):
        await _join(writer, now=NOW + 7 * DAY)
    told = await writer.run(joining.renew, 1, id, "newer", now=NOW, id=uuid7(NOW))
    assert (told["purpose"], told["expires_at"]) == ("invite", NOW + 7 * DAY)
    with pytest.raises(acts.Dead):
        await _join(writer)
    assert await _join(writer, "newer") == id


@SQLITE
async def test_links_are_stored_as_digests_only(writer: Writer) -> None:
    await _invite(writer, token="a-token-to-look-for")
    kept = await writer.run(lambda conn: repr([tuple(row) for row in conn.execute(select(schema.link))]))
    assert "a-token-to-look-for" not in kept


@SQLITE
async def test_a_link_for_another_password_ends_every_session_and_lasts_a_day(database: Database, writer: Writer) -> None:
    user = await writer.run(rows.user)
    await writer.run(acts.log_in, user["id"], "old", now=NOW)
    told = await writer.run(joining.renew, 1, user["id"], "link", now=NOW, id=uuid7(NOW))
    assert (told["purpose"], told["expires_at"]) == ("reset", NOW + DAY)
    assert await _who(database, "old") is not None
    with pytest.raises(acts.Dead):
        await _join(writer, now=NOW + DAY)
    await _join(writer, session="new")
    assert await _who(database, "old") is None
    assert await _who(database, "new") is not None


@SQLITE
async def test_a_letter_is_written_where_letters_go_out_and_about_no_lead(writer: Writer) -> None:
    id = await _invite(writer, language="fr", by="owner@example.com", base="https://leads.example")
    (letter,) = await writer.run(lambda conn: stored(conn, "mail"))
    assert (letter["purpose"], letter["lead_id"], letter["recipient"]) == ("user", None, "ana@example.com")
    assert "https://leads.example/join?token=link" in letter["content"]
    assert "owner@example.com" in letter["content"]
    await writer.run(joining.renew, 1, id, "newer", now=NOW, id=uuid7(NOW), base="https://leads.example")
    (letter,) = await writer.run(lambda conn: stored(conn, "mail"))
    assert "token=newer" in letter["content"], "the older one would carry a dead link"
    await writer.run(acts.remove, 1, id)
    assert await writer.run(lambda conn: stored(conn, "mail")) == []


@SQLITE
async def test_another_accounts_people_cannot_be_touched(writer: Writer) -> None:
    await writer.run(rows.account, 2)
    user = await writer.run(rows.user, "theirs@example.com", "viewer", 2)
    for act in (
        lambda: writer.run(acts.set_role, 1, user["id"], "owner"),
        lambda: writer.run(acts.remove, 1, user["id"]),
        lambda: writer.run(acts.sign_out, 1, user["id"]),
        lambda: writer.run(joining.renew, 1, user["id"], "x", now=NOW, id=uuid7(NOW)),
    ):
        with pytest.raises(acts.BadUser, match="unknown"):
            await act()
    with pytest.raises(acts.Taken):
        await _invite(writer, "THEIRS@example.com")


async def test_the_last_owner_stays_one(database: Database, writer: Writer) -> None:
    owner = await writer.run(rows.user)
    await _invite(writer, "second@example.com", "owner")  # who has not come yet owns nothing
    for act in (lambda: writer.run(acts.set_role, 1, owner["id"], "viewer"), lambda: writer.run(acts.remove, 1, owner["id"])):
        with pytest.raises(acts.BadUser, match="last"):
            await act()
    await _join(writer)
    await writer.run(acts.log_in, owner["id"], "token", now=NOW)
    assert await writer.run(acts.set_role, 1, owner["id"], "viewer")
    assert await _who(database, "token") is None, "with another role one signs in again"
    assert not await writer.run(acts.set_role, 1, owner["id"], "viewer")


@SQLITE
async def test_an_invitation_can_be_taken_back(writer: Writer) -> None:
    await writer.run(rows.user)
    id = await _invite(writer)
    assert await writer.run(acts.remove, 1, id) == "ana@example.com"
    with pytest.raises(acts.Dead):
        await _join(writer)


async def test_who_leaves_hands_their_leads_over_and_their_views_go(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    await writer.run(rows.user)
    leaver = await writer.run(rows.user, "leaver@example.com", "marketer")
    heir = await writer.run(rows.user, "heir@example.com", "marketer")

    def story(conn: Connection) -> None:
        from collector.actions import edit

        for number in range(handing.STEP + 2):
            tell(conn, form(rows.NOW, f"n{number}@example.org"), visitor=f"v{number:021d}")
        for lead in stored(conn, "lead"):
            edit.edit(conn, bytes(lead["id"]), [("owner", "", leaver["id"].hex())], actor="", secret=SECRET, now=NOW, ids=uuid7)
        for shared, name in enumerate(("mine", "ours")):
            row = {"account_id": 1, "id": uuid7(NOW), "user_id": leaver["id"], "name": name, "asked": "", "shared": shared, "at": NOW}
            conn.execute(schema.view.insert().values(**row))

    await writer.run(story)
    more: dict[str, Any] = {"actor": "", "secret": SECRET, "clock": lambda: NOW, "ids": uuid7}
    with pytest.raises(acts.BadUser, match="unknown"):
        await handing.leave(writer.run, 1, leaver["id"], leaver["id"].hex(), **more)
    assert await handing.leave(writer.run, 1, leaver["id"], heir["id"].hex(), **more) == "leaver@example.com"
    leads = await writer.run(lambda conn: stored(conn, "lead"))
    assert len(leads) == handing.STEP + 2
    assert {lead["owner"] for lead in leads} == {heir["id"].hex()}
    assert [view["name"] for view in await writer.run(lambda conn: stored(conn, "view"))] == ["ours"]
    assert await handing.leave(writer.run, 1, heir["id"], "", **more)
    assert {lead["owner"] for lead in await writer.run(lambda conn: stored(conn, "lead"))} == {""}
