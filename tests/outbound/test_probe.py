"""The page of the install check, fetched from real servers on this machine, as development allows it; and all that is never asked."""

from __future__ import annotations

import asyncio
import datetime
import gzip
import re
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from collector.outbound.probe import LARGEST, Probe
from tests.domain.test_reach import NAMED

NEAR = {"localhost"}
Handler = Callable[[bytes], bytes | Awaitable[bytes]]


@asynccontextmanager
async def served(handler: Handler, trust: ssl.SSLContext | None = None) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that answers each request's head as `handler` says; its address, and what it was asked."""
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            asked.append(head)
            made = handler(head)
            writer.write(made if isinstance(made, bytes) else await made)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=trust)
    try:
        yield f"{'https' if trust else 'http'}://localhost:{server.sockets[0].getsockname()[1]}", asked
    finally:
        server.close()


def said(body: bytes = b"", status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *(headers or ("Content-Type: text/html",))]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def test_a_page_with_its_policy() -> None:
    answer = said(
        b"<h1>Hello", "200 OK", "Content-Type: text/html; charset=utf-8", "Content-Security-Policy: script-src 'self'", "Set-Cookie: a=b"
    )
    async with served(lambda _: answer) as (url, asked):
        page = await Probe()(url + "/contact?x=1", NEAR)
        assert (page.fault, page.status, page.text, page.policies) == ("", 200, "<h1>Hello", ("script-src 'self'",))
        await Probe()(url, NEAR)
    head = asked[0].decode().lower()
    assert head.startswith("get /contact?x=1 http/1.1\r\n")
    assert f"host: {url.removeprefix('http://')}\r\n" in head
    assert "user-agent: mozilla/5.0 (compatible; webleadstracker/" in head
    assert not any(word in (asked[0] + asked[1]).lower() for word in (b"cookie", b"authorization", b"referer"))


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden", "404 Not Found", "500 Fault"])
async def test_a_page_that_is_refused_is_told_by_its_status(status: str) -> None:
    async with served(lambda _: said(b"no", status)) as (url, _asked):
        page = await Probe()(url, NEAR)
    assert (page.fault, page.status) == ("", int(status[:3]))


async def test_two_redirects_are_followed_and_no_third() -> None:
    steps = {b"/": "/1", b"/1": "/2", b"/2": "/3"}

    def moved(head: bytes) -> bytes:
        path = head.split()[1]
        return said(b"", "302 Found", f"Location: {steps[path]}") if path in steps else said(b"here")

    async with served(moved) as (url, asked):
        assert (await Probe()(url + "/1", NEAR)).text == "here"
        page = await Probe()(url + "/", NEAR)
        assert (page.fault, len(asked)) == ("redirects", 6)


@pytest.mark.parametrize(
    ("to", "fault"),
    [
        ("http://127.0.0.1:{port}/", "port"), ("http://127.0.0.1/", "private"), ("http://169.254.169.254/latest/meta-data/", "private"),
        ("http://[::1]/", "private"), ("http://2130706433/", "host"), ("file:///etc/passwd", "not-http"), ("//user:x@localhost/", "credentials"),
        ("gopher://localhost/", "not-http"), ("http://rebound.example/", "private"),
    ],
)  # fmt: skip
async def test_a_redirect_is_looked_at_as_the_first_step(to: str, fault: str) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return {"localhost": ["127.0.0.1"], "rebound.example": ["127.0.0.1"]}.get(host, [host])

    async with served(
        lambda head: said(b"", "301 Moved", "Location: " + to.replace("{port}", re.findall(rb"localhost:(\d+)", head)[0].decode()))
    ) as (url, asked):
        page = await Probe(resolve)(url, NEAR)
    assert (page.fault, len(asked)) == (fault, 1)


async def test_not_more_than_a_page_is_read() -> None:
    async with served(lambda _: said(b"x" * (2 * LARGEST))) as (url, _asked):
        page = await Probe()(url, NEAR)
    assert (len(page.text), page.cut) == (LARGEST, True)


async def test_a_small_answer_that_holds_a_very_large_one() -> None:
    bomb = gzip.compress(bytes(100_000_000))
    async with served(lambda _: said(bomb, "200 OK", "Content-Type: text/html", "Content-Encoding: gzip")) as (url, _asked):
        began = time.monotonic()
        page = await Probe()(url, NEAR)
    assert (len(page.text), page.cut) == (LARGEST, True)
    assert time.monotonic() - began < 1


async def test_what_is_no_page() -> None:
    async with served(lambda _: said(b"PDF", "200 OK", "Content-Type: application/pdf")) as (url, _asked):
        assert (await Probe()(url, NEAR)).fault == "not-html"
    async with served(lambda _: b"220 smtp.example.com ready\r\n") as (url, _asked):
        assert (await Probe()(url, NEAR)).fault == "broken"
    async with served(lambda _: said(b"x", "200 OK", "Content-Type: text/html", "Content-Encoding: br")) as (url, _asked):
        assert (await Probe()(url, NEAR)).fault == "broken"


async def test_who_says_nothing_is_not_waited_for() -> None:
    async def slow(_head: bytes) -> bytes:
        await asyncio.sleep(5)
        return b""

    async with served(slow) as (url, _asked):
        began = time.monotonic()
        page = await Probe(limit=0.3)(url, NEAR)
    assert page.fault == "timeout"
    assert time.monotonic() - began < 1


async def test_a_name_server_that_says_nothing_is_not_waited_for() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        await asyncio.sleep(5)
        return []

    assert (await Probe(resolve, limit=0.2)("https://example.com/")).fault == "timeout"


async def test_nobody_there() -> None:
    async with served(lambda _: b"") as (url, _asked):
        pass
    assert (await Probe()(url, NEAR)).fault == "refused"

    async def nowhere(host: str, port: int) -> list[str]:
        raise OSError(-2, "Name or service not known")

    assert (await Probe(nowhere)("nowhere.example/")).fault == "dns"


def _signed(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context, and one that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False).add_extension(
        x509.BasicConstraints(True, None), True
    )
    file = folder / "server.pem"
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    file.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + made.sign(key, hashes.SHA256()).public_bytes(pem))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=str(file))


async def test_the_certificate_must_be_of_the_name_and_not_of_the_address(tmp_path: Path) -> None:
    server, trust = _signed(tmp_path, "localhost")
    names: list[str | None] = []
    server.sni_callback = lambda _socket, name, _context: names.append(name)
    async with served(lambda _: said(b"safe"), server) as (url, _asked):
        assert (await Probe(trust=trust)(url, NEAR)).text == "safe"
        assert names == ["localhost"]
        assert (await Probe()(url, NEAR)).fault == "tls"
    other, wrong = _signed(tmp_path, "example.org")
    async with served(lambda _: said(b"safe"), other) as (url, _asked):
        assert (await Probe(trust=wrong)(url, NEAR)).fault == "tls"


async def test_a_name_is_resolved_once_and_its_first_answer_is_the_one_that_is_asked() -> None:
    answers = iter([["127.0.0.1"], ["127.0.0.2"], ["127.0.0.3"]])
    asked_for: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked_for.append(host)
        return next(answers)

    async with served(lambda _: said(b"here")) as (url, _asked):
        assert (await Probe(resolve)(url, NEAR)).text == "here"
    assert asked_for == ["localhost"]


@pytest.mark.parametrize(
    "answers", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::ffff:127.0.0.1"], ["fe80::1%lo"], ["not an address"], [""]]
)
async def test_one_private_answer_is_enough_to_ask_nobody(answers: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return answers

    monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", None)  # a connection would fail loudly
    assert (await Probe(resolve)("http://example.com/")).fault == "private"


async def test_no_spelling_of_a_private_address_is_connected_to() -> None:
    """With the resolver of this machine, which knows the odd spellings; a server waits on the port that would answer."""
    async with served(lambda _: said(b"secret")) as (url, asked):
        for host in NAMED:
            if host.endswith(("example", "localdomain", "ip6-localhost")):
                continue  # a resolver would be asked over the network
            page = await Probe(limit=2)(f"http://{host}/")
            assert page.fault in ("private", "host", "dns"), (host, page)
            page = await Probe(limit=2)(f"http://{host}:{url.rpartition(':')[2]}/")
            assert page.fault in ("port", "host"), (host, page)
    assert asked == []


async def test_what_the_environment_says_of_proxies_is_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(lambda _: said(b"proxy")) as (proxy, passed), served(lambda _: said(b"here")) as (url, _asked):
        monkeypatch.setenv("HTTP_PROXY", proxy)
        monkeypatch.setenv("ALL_PROXY", proxy)
        assert (await Probe()(url, NEAR)).text == "here"
        assert passed == []
