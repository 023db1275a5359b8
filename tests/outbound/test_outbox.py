"""Letters through a real SMTP server on this machine: sent once, emptied, tried again, given up; and nobody can write a header."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import structlog
from aiosmtpd.smtp import SMTP, AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import Connection as Sql
from sqlalchemy import update

from collector.actions import mail as acts
from collector.domain.mail import Relay
from collector.outbound.mail import BadAddress, compose
from collector.outbound.outbox import Outbox
from collector.outbound.relay import Connection, Fault
from collector.store import schema
from collector.store.database import Database
from collector.store.writer import Writer
from tests import builders
from tests.builders import DAY, HOUR, MINUTE, NOW, rows
from tests.conftest import opened

LETTER = {"recipient": "camille@example.org", "subject": "Ce qu’on sait de vous", "text": "Bonjour\n", "html": "<p>Bonjour</p>"}


class Taking:
    """A mail server that keeps what it takes; `answers` are said to the next letters instead."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], EmailMessage]] = []
        self.answers: list[str] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        """aiosmtpd calls it so."""
        if self.answers:
            return self.answers.pop(0)
        made = message_from_bytes(bytes(envelope.content or b""), policy=policy.default)
        assert isinstance(made, EmailMessage)
        self.taken.append((envelope.rcpt_tos, made))
        return "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: list[str]) -> str:
        """Knows everybody but one."""
        if address.startswith("gone"):
            return "550 no such user gone@example.org here"
        envelope.rcpt_tos.append(address)
        return "250 OK"


@asynccontextmanager
async def _listening(taking: Taking, **more: Any) -> AsyncIterator[int]:
    """Its port, while it listens."""
    loop = asyncio.get_running_loop()
    made = await loop.create_server(lambda: SMTP(taking, hostname="mail.test", loop=loop, **more), "127.0.0.1", 0)
    try:
        yield made.sockets[0].getsockname()[1]
    finally:
        made.close()


@pytest_asyncio.fixture
async def server() -> AsyncIterator[tuple[Taking, int]]:
    """It, and its port."""
    taking = Taking()
    async with _listening(taking) as port:
        yield taking, port


@pytest_asyncio.fixture
async def place(sqlite_url: str) -> AsyncIterator[tuple[Database, Writer]]:
    """A database."""
    async for pair in opened(sqlite_url):
        yield pair


class Times:
    """A clock that the test moves."""

    now = NOW

    def __call__(self) -> int:
        return self.now


def _outbox(place: tuple[Database, Writer], port: int, times: Times) -> Outbox:
    return Outbox(place[1], place[0], Relay("127.0.0.1", port), sender="webleads@example.com", clock=times)


async def _post(writer: Writer, recipient: str = "camille@example.org") -> None:
    await writer.run(acts.post, **LETTER | {"recipient": recipient}, id=builders.ids()(NOW), now=NOW)


async def _mail(writer: Writer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await writer.run(rows, "mail")
    return found


async def test_a_letter_is_sent_once_and_emptied(server: tuple[Taking, int], place: tuple[Database, Writer]) -> None:
    taking, port = server
    await _post(place[1])
    outbox = _outbox(place, port, Times())
    assert [await outbox.step(), await outbox.step()] == [1, 0]
    ((to, letter),) = taking.taken
    assert (to, letter["To"], letter["From"]) == (["camille@example.org"], "camille@example.org", "webleads@example.com")
    assert letter["Subject"] == LETTER["subject"]
    assert letter["Auto-Submitted"] == "auto-generated"
    assert {part.get_content_type(): part.get_content().strip() for part in letter.iter_parts()} == {
        "text/plain": "Bonjour",
        "text/html": "<p>Bonjour</p>",
    }
    (row,) = await _mail(place[1])
    assert (row["state"], row["recipient"], row["content"], row["fault"]) == ("sent", "", "", "")


async def test_a_server_that_is_busy_is_asked_again_later(server: tuple[Taking, int], place: tuple[Database, Writer]) -> None:
    taking, port = server
    taking.answers = ["451 later", "452 later still"]
    times = Times()
    outbox = _outbox(place, port, times)
    await _post(place[1])
    assert await outbox.step() == 0
    assert await outbox.step() == 0  # not before its time
    assert len(taking.answers) == 1
    times.now += MINUTE
    assert await outbox.step() == 0
    (row,) = await _mail(place[1])
    assert (row["tries"], row["fault"], row["next_at"], row["state"]) == (2, "smtp-452", times.now + 2 * MINUTE, "waiting")
    times.now += 2 * MINUTE
    assert await outbox.step() == 1


@pytest.mark.parametrize("how", ["letter", "recipient"])
async def test_a_refusal_for_good_is_final_and_emptied(server: tuple[Taking, int], place: tuple[Database, Writer], how: str) -> None:
    taking, port = server
    taking.answers = ["554 no thanks, camille@example.org"] if how == "letter" else []
    await _post(place[1], "camille@example.org" if how == "letter" else "gone@example.org")
    await _post(place[1], "nora@example.org")
    with structlog.testing.capture_logs() as lines:
        assert await _outbox(place, port, Times()).step() == 1  # the other one goes all the same
    row = next(row for row in await _mail(place[1]) if row["state"] == "failed")
    assert (row["recipient"], row["content"], row["fault"]) == ("", "", "smtp-554" if how == "letter" else "smtp-550")
    assert "example.org" not in str(lines)


async def test_a_server_that_is_away_for_a_day_is_waited_for_no_longer(place: tuple[Database, Writer]) -> None:
    times = Times()
    outbox = _outbox(place, 1, times)  # nobody listens there
    await _post(place[1])
    await _post(place[1], "nora@example.org")
    assert await outbox.step() == 0
    assert {(row["state"], row["fault"], row["tries"]) for row in await _mail(place[1])} == {("waiting", "unreachable", 1)}
    times.now += 23 * HOUR
    await outbox.step()
    assert {row["next_at"] for row in await _mail(place[1])} == {times.now + 2 * MINUTE}
    times.now = NOW + DAY
    await outbox.step()
    assert {(row["state"], row["recipient"], row["content"]) for row in await _mail(place[1])} == {("failed", "", "")}


async def test_it_runs_by_itself_until_it_is_stopped(server: tuple[Taking, int], place: tuple[Database, Writer]) -> None:
    taking, port = server
    outbox = Outbox(place[1], place[0], Relay("127.0.0.1", port), sender="webleads@example.com", clock=lambda: NOW, look=0.01)
    outbox.start()
    await _post(place[1])
    for _ in range(500):
        if taking.taken:
            break
        await asyncio.sleep(0.01)
    await outbox.stop()
    assert len(taking.taken) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_a_password_goes_to_a_server_of_this_machine() -> None:
    def check(_server: SMTP, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == b"geheim", handled=False)

    async with _listening(Taking(), authenticator=check, auth_required=True, auth_require_tls=False) as port:
        async with Connection(Relay("127.0.0.1", port, "webleads", "geheim")) as connection:
            await connection.open()
        with pytest.raises(Fault) as wrong:
            async with Connection(Relay("127.0.0.1", port, "webleads", "falsch")) as connection:
                await connection.open()
        assert (wrong.value.name, wrong.value.is_final) == ("login", False)


async def test_no_password_leaves_the_machine_in_the_open(server: tuple[Taking, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """The server offers no STARTTLS, and pretends to be elsewhere."""
    monkeypatch.setattr(Relay, "is_here", property(lambda _self: False))
    with pytest.raises(Fault) as wrong:
        async with Connection(Relay("127.0.0.1", server[1], "webleads", "geheim")) as connection:
            await connection.open()
    assert wrong.value.name == "tls"


# Letters --------------------------------------------------------------------------------------------------------------


def test_no_part_of_a_letter_becomes_a_header() -> None:
    more = {"sender": "webleads@example.com", "text": "x", "html": "x", "id": b"i" * 16, "at": NOW}
    made = compose(recipient="a@example.org", subject="Hello\r\nBcc: evil@example.org\r\n\r\nBody\x00", **more)  # type: ignore[arg-type]
    assert made["Subject"] == "Hello Bcc: evil@example.org Body"
    assert "Bcc" not in made
    raw = bytes(made)
    assert b"\nBcc:" not in raw
    for address in ("a@example.org\r\nBcc: evil@example.org", "a@example.org, evil@example.org", "A <a@example.org>", ""):
        with pytest.raises(BadAddress):
            compose(recipient=address, subject="x", **more)  # type: ignore[arg-type]


async def test_a_letter_that_cannot_be_read_stops_no_other(server: tuple[Taking, int], place: tuple[Database, Writer]) -> None:
    port = server[1]
    await _post(place[1])

    def damaged(conn: Sql) -> None:
        conn.execute(update(schema.mail).values(content="\ufffd"))

    await place[1].run(damaged)
    await _post(place[1], "nora@example.org")
    await _outbox(place, port, Times()).step()
    assert sorted((row["state"], row["fault"]) for row in await _mail(place[1])) == [("failed", "damaged"), ("sent", "")]


async def test_a_letter_that_nobody_can_be_sent_is_given_up_at_once(server: tuple[Taking, int], place: tuple[Database, Writer]) -> None:
    await _post(place[1], "a@b\r\nBcc: evil@example.org")
    assert await _outbox(place, server[1], Times()).step() == 0
    (row,) = await _mail(place[1])
    assert (row["state"], row["fault"], row["recipient"]) == ("failed", "address", "")


@pytest.mark.parametrize(("language", "words"), [("en", "The link lasts 7 days"), ("fr", "Le lien dure 7 jours")])
def test_a_letter_says_who_sends_it_why_and_how_long_the_link_lasts(language: str, words: str) -> None:
    from collector.present import letters

    letter = letters.link("https://stats.example.com/me/link?token=a.b&c", "<b>Durand & fils</b>", language, days=7)
    assert words in letter.text
    assert "<b>Durand & fils</b>" in letter.text
    assert "<b>" not in letter.html
    assert "token=a.b&amp;c" in letter.html
    assert json.dumps(letter)
    assert letters.language_of("", "fr-CA", "en") == "fr"
    assert letters.language_of("de", "") == "en"


# 0.0.0.0 reaches this machine and is no loopback address: as a server elsewhere, for all that a relay knows.
_ELSEWHERE = "0.0.0.0"


def _untrusted(folder: Path) -> ssl.SSLContext:
    """What a server has whose certificate nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    day = timedelta(days=1)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    signed = made.not_valid_before(datetime.now(UTC) - day).not_valid_after(datetime.now(UTC) + day).sign(key, hashes.SHA256())
    plain = serialization.NoEncryption()
    (folder / "key").write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    (folder / "chain").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "chain", folder / "key")
    return context


@pytest.mark.parametrize("kind", ["no STARTTLS", "untrusted", "smtps untrusted"])
async def test_a_password_is_told_to_nobody_without_tls_and_a_certificate_that_is_trusted(kind: str, tmp_path: Path) -> None:
    told: list[bytes] = []

    def check(_server: SMTP, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        told.append(data.password)
        return AuthResult(success=True)

    context = None if kind == "no STARTTLS" else _untrusted(tmp_path)
    over = {"ssl": context} if kind == "smtps untrusted" else {}
    more = {"tls_context": context} if kind == "untrusted" else {}
    taking, loop = Taking(), asyncio.get_running_loop()
    protocol = partial(SMTP, taking, hostname="mail.test", loop=loop, authenticator=check, auth_require_tls=False, **more)
    made = await loop.create_server(protocol, "127.0.0.1", 0, **over)
    relay = Relay(_ELSEWHERE, made.sockets[0].getsockname()[1], "webleads", "geheim", tls=kind == "smtps untrusted")
    letter = compose(sender="webleads@example.com", **LETTER, id=b"i" * 16, at=NOW)
    try:
        async with Connection(relay) as connection:
            with pytest.raises(Fault):
                await connection.send(letter)
    finally:
        made.close()
    assert told == []
    assert taking.taken == []
