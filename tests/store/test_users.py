"""Users, login sessions and links; on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from collector.actions import users as acts
from collector.store import users
from collector.store.database import Database
from collector.store.ids import uuid7
from collector.store.writer import Writer
from tests.web import rows
from tests.web.rows import NOW, PASSWORD

HASH = rows._hash


async def _who(database: Database, token: str, now: int = NOW) -> dict[str, Any] | None:
    async with database.reader() as conn:
        return await users.by_session(conn, acts.digest(token), now)


async def _set_up(writer: Writer, link: str, email: str = "owner@example.com") -> dict[str, Any]:
    return await writer.run(acts.set_up, link, email, HASH, now=NOW, id=uuid7(NOW), session="session", language="fr")


async def test_a_setup_link_makes_the_owner_once_and_logs_in(database: Database, writer: Writer) -> None:
    await writer.run(acts.make_link, 1, "setup", "older", now=NOW, expires_at=NOW + 1000)
    await writer.run(acts.make_link, 1, "setup", "link", now=NOW, expires_at=NOW + 1000)
    with pytest.raises(acts.Dead):
        await _set_up(writer, "older")
    made = await _set_up(writer, "link", " Owner@Example.com ")
    assert (made["email"], made["role"]) == ("owner@example.com", "owner")
    assert (await _who(database, "session") or {})["email"] == "owner@example.com"
    await writer.run(acts.make_link, 1, "setup", "again", now=NOW, expires_at=NOW + 1000)
    with pytest.raises(acts.Dead):
        await _set_up(writer, "again", "second@example.com")
    async with database.reader() as conn:
        assert await users.has_owner(conn, 1)
        assert not await users.has_owner(conn, 2)


@pytest.mark.parametrize("link", ["", "unknown", "expired", "login"])
async def test_a_link_that_is_unknown_expired_or_for_another_purpose_is_dead(database: Database, writer: Writer, link: str) -> None:
    await writer.run(acts.make_link, 1, "setup", "expired", now=NOW, expires_at=NOW)
    await writer.run(acts.make_link, 1, "login", "login", now=NOW, expires_at=NOW + 1000)
    with pytest.raises(acts.Dead):
        await _set_up(writer, link)
    async with database.reader() as conn:
        assert not await users.has_owner(conn)


async def test_a_login_session_ends_by_time_and_by_logout_and_is_stored_as_a_digest(database: Database, writer: Writer) -> None:
    user = await writer.run(rows.user)
    await writer.run(acts.log_in, user["id"], "token", now=NOW)
    assert (await _who(database, "token", NOW + acts.LOGIN_FOR - 1) or {})["id"] == user["id"]
    assert await _who(database, "token", NOW + acts.LOGIN_FOR) is None
    await writer.run(acts.log_in, user["id"], "next", now=NOW, old=acts.digest("token"))
    assert await _who(database, "token") is None
    await writer.run(acts.log_out, acts.digest("next"))
    assert await _who(database, "next") is None
    assert acts.digest("token") != b"token"
    assert len(acts.digest("token")) == 32


async def test_a_new_password_ends_every_login_session(database: Database, writer: Writer) -> None:
    user = await writer.run(rows.user)
    await writer.run(acts.log_in, user["id"], "token", now=NOW)
    assert not await writer.run(acts.set_password, 2, "owner@example.com", HASH)
    assert await _who(database, "token") is not None
    assert await writer.run(acts.set_password, 1, "Owner@example.com", HASH)
    assert await _who(database, "token") is None
    assert not await writer.run(acts.set_password, 1, "nobody@example.com", HASH)


async def test_an_address_is_taken_once_whatever_its_case(writer: Writer) -> None:
    await writer.run(rows.user)
    with pytest.raises(acts.Taken):
        await writer.run(rows.user, "OWNER@example.com", "viewer")


@pytest.mark.parametrize("email", ["", "x", "@x", "x@", "a b@c", "a@b\x00", "a\n@b", "x" * 251 + "@y.z"])
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(acts.BadUser, match="email"):
        acts.address(email)


def test_a_role_that_nobody_has_is_refused() -> None:
    with pytest.raises(acts.BadUser, match="role"):
        acts.add(None, 1, "a@example.com", HASH, "king", now=NOW, id=b"")  # type: ignore[arg-type]


def test_passwords_are_argon2id_of_19_mebibytes_and_are_matched() -> None:
    assert HASH.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert acts.matches(HASH, PASSWORD)
    assert not acts.matches(HASH, PASSWORD + " ")
    assert not acts.matches(None, "nobody has this password")
    assert not acts.matches("rubbish", PASSWORD)
    assert not acts.matches(HASH, "x" * 100_000)


@pytest.mark.parametrize(
    ("password", "fault"), [("1234567", "short"), ("x" * 1001, "long"), ("12345678", "common"), ("a@b.example", "yours")]
)
def test_a_password_that_will_not_do_is_not_hashed(password: str, fault: str) -> None:
    with pytest.raises(acts.BadUser, match=fault):
        acts.hashed(password, "a@b.example")


@pytest.mark.parametrize("kept", [HASH, None, "", "!"], ids=["known", "none", "empty", "locked"])
def test_an_unknown_address_costs_one_hash_as_a_known_one_does(kept: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    acts.matches(None, "x")  # the hash of nobody is made once
    hasher, asked = acts._hasher, []

    class Counting:
        def verify(self, hashed: str, password: bytes) -> bool:
            asked.append(hashed[:31])
            return hasher.verify(hashed, password)

    monkeypatch.setattr(acts, "_hasher", Counting())
    assert not acts.matches(kept, "wrong password")
    assert asked == ["$argon2id$v=19$m=19456,t=2,p=1$"]


@pytest.mark.parametrize("kept", ["", "!", "rubbish", None])
def test_where_there_is_no_hash_no_password_is_right(kept: str | None) -> None:
    for password in ("", "!", "nobody has this password", PASSWORD):
        assert not acts.matches(kept, password)
