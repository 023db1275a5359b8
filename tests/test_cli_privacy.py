"""The commands of retention, of a site's settings and of its texts."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from tests import builders
from tests.builders import DAY, body, view
from tests.conftest import opened

from .test_cli import answer, folder, run, said

__all__ = ["folder"]  # a fixture


async def _visits(url: str, ages: tuple[int, ...]) -> None:
    now = int(time.time() * 1000)
    async for _database, writer in opened(url):
        for age in ages:
            at = now - age * DAY
            await writer.run(builders.store, body(view(at), visitor=None, consent="unset", sent=at))


def test_what_would_go_is_counted_and_nothing_goes_unasked(folder: Path) -> None:
    answer("site", "add", "example.com", "--id", "42")
    asyncio.run(_visits(f"sqlite:///{folder}/data/webleads.sqlite", (1, 100, 900)))
    assert answer("purge", "--dry-run") == [{"site_id": 42, "kind": "audience", "n": 1}]
    assert answer("retention", "list")[0] == {"site": 0, "kind": "leads", "amount": 36, "unit": "months"}
    done = run("retention", "set", "audience", "2")
    assert (done.exit_code, "2 events without consent" in done.stdout, "--yes" in done.stderr) == (1, True, True)
    assert answer("retention", "set", "audience", "2", "--site", "42", "--yes") == {"kind": "audience", "site": 42, "limit": [2, 0]}
    assert answer("purge", "--dry-run") == [{"site_id": 42, "kind": "audience", "n": 2}]
    assert answer("purge")["audience"] == 2
    assert answer("retention", "set", "audience", "default", "--site", "42")["limit"] is None
    assert "Nothing is old enough" in run("purge", "--dry-run").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("audience", "26"), 2, "1 to 25 months"),
        (("audience", "soon"), 2, "digits"),
        (("audience", "default"), 1, "too short or too long"),
        (("everything", "3"), 2, "everything"),
        (("audience", "3", "--site", "9"), 2, "no site 9"),
    ],
)
def test_a_limit_that_cannot_be_is_said_in_words(folder: Path, arguments: tuple[str, ...], code: int, says: str) -> None:
    done = run("retention", "set", *arguments)
    assert (done.exit_code, says in said(done)) == (code, True), said(done)


def test_a_sites_settings_are_changed_and_its_texts_follow(folder: Path) -> None:
    answer("site", "add", "example.com", "--id", "42")
    made = answer("site", "set", "42", "--consent", "granted", "--kept", "ref,promo", "--zone", "Europe/Brussels", "--hosts", "b.example")
    assert made == {
        "id": 42, "domain": "example.com", "name": "example.com", "consent": "granted", "reason": "", "kept": ["promo", "ref"],
        "hosts": ["b.example"], "zone": "Europe/Brussels", "country": "FR", "rebuild": True,
    }  # fmt: skip
    before = answer("site", "texts", "42")
    assert "[where and how consent is given]" in before["open"]
    answer("site", "set", "42", "--reason", "asked by our app")
    after = answer("site", "texts", "42")
    assert before["version"] != after["version"]
    assert "[where and how consent is given]" not in after["open"]
    assert "Pouvons-nous" in run("site", "texts", "42", "--language", "fr").stdout
    assert run("site", "set", "42").exit_code == 2
    assert "no such site" in said(run("site", "set", "43", "--name", "x"))
    assert "no site 43" in said(run("site", "texts", "43"))
