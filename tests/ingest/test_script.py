"""The tag's files over HTTP, and the cookie that outlives a script's."""

from __future__ import annotations

import gzip
import hashlib

import brotli
import pytest

from collector.domain import hosts
from collector.ingest import script
from tests.builders import SITE
from tests.serving import Served

from .conftest import ask

VISITOR = "abcdefghijklmnopqrstuv"


@pytest.mark.parametrize("name", [*script.others(), ""])
def test_each_file_of_the_tag_is_there_by_its_version(served: Served, name: str) -> None:
    path = f"/js/{name}" if name else f"/js/{script.load('required').hash}"
    for encoding, opened in (("br", brotli.decompress), ("gzip", gzip.decompress), ("", bytes)):
        answer = ask(served, method="GET", path=path, Accept_Encoding=encoding)
        assert answer.status == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["access-control-allow-origin"] == "*", "a module is read across origins"
        assert hashlib.sha384(opened(answer.body)).hexdigest()[:32] in answer.headers["etag"]


def test_a_version_that_is_not_there_is_none(served: Served) -> None:
    assert ask(served, method="GET", path="/js/00000000000").status == 404


def test_the_first_file_asks_for_the_others_by_their_names() -> None:
    version = next(iter(script.others()))[:-1]
    assert f"/js/{version}".encode() in script.load("required").plain


def test_the_banner(served: Served) -> None:
    answer = ask(served, method="GET", path="/consent.js", Accept_Encoding="")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert len(gzip.compress(answer.body, 9)) <= 3000


def batch(**changed: object) -> dict[str, object]:
    return {"v": 1, "site": SITE, "visitor": VISITOR, "consent": "granted", "events": []} | changed


def test_a_collector_of_the_pages_own_site_keeps_the_visitor(served: Served) -> None:
    answer = ask(served, batch(), path="/in/id", Origin="https://www.example.com", Host="stats.example.com")
    assert answer.status == 204
    assert answer.headers["set-cookie"] == f"_jsuid={VISITOR}; Domain=example.com; Path=/; Max-Age=34128000; SameSite=Lax; Secure"


REFUSED = {
    "no consent": (batch(consent="unset"), {}),
    "no visitor": (batch(visitor=None), {}),
    "a visitor of another make": (batch(visitor="x; Domain=evil.example"), {}),
    "another site's page": (batch(), {"Origin": "https://evil.example"}),
    "an unknown site": (batch(site=999), {}),
    "a collector elsewhere": (batch(), {"Host": "stats.collector.test"}),
    "nonsense": (b"{", {}),
}


@pytest.mark.parametrize(("body", "headers"), REFUSED.values(), ids=REFUSED)
def test_nobody_else_gets_a_cookie(served: Served, body: object, headers: dict[str, str]) -> None:
    answer = ask(served, body, path="/in/id", **({"Origin": "https://www.example.com", "Host": "stats.example.com"} | headers))
    assert answer.status == 204
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("page", "own", "domain"),
    [
        ("www.example.com", "stats.example.com", "example.com"),
        ("example.co.uk", "stats.example.co.uk", "example.co.uk"),
        ("a.co.uk", "b.co.uk", ""),
        ("a.github.io", "b.github.io", ""),
        ("127.0.0.1", "127.0.0.1", ""),
        ("localhost", "localhost", ""),
        ("example.com", "example.org", ""),
    ],
)
def test_the_widest_domain_that_two_hosts_share(page: str, own: str, domain: str) -> None:
    assert hosts.shared(page, own) == domain
