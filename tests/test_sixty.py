"""One person, sixty values of theirs, every door: all that is kept stands in the access file, and after an erasure no byte of it anywhere."""

from __future__ import annotations

import html
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.builders import body, event, field, form, result, view
from tests.faults.asking import now
from tests.serving import Served, serving
from tests.web.conftest import token_of

DAY = 86_400_000
SAME = {"sec-fetch-site": "same-origin"}
# Not among the sixty: who objected keeps the number of their browser here, alone, so that what it sends is refused.
VISITOR, SECOND = "vFIRSTAAAAAAAAAAAAAAAA", "vSECONDAAAAAAAAAAAAAAA"
EMAIL, WORK, CORRECTED = "zq03xanadu@example.org", "zq04xanadu@zq05xanadu.example", "zq06xanadu@example.org"
PHONE, OTHER_PHONE = "+33612345607", "+33698765408"
WORDS = [f"zq{n:02d}xanadu" for n in range(1, 61)]  # 7 and 8 are the numbers


def word(n: int) -> str:
    """One of the sixty values, as a text that nothing else holds."""
    return WORDS[n - 1]


def _needles() -> list[bytes]:
    return [one.encode() for one in WORDS if one not in (word(7), word(8))] + [b"612345607", b"698765408", b"6 12 34 56 07"]


def _visit(at: int) -> dict[str, Any]:
    """A consented visit with whatever a tag may send."""
    page = (
        f"https://example.com/{word(9)}?utm_source={word(10)}&utm_medium={word(11)}&utm_campaign={word(12)}&utm_term={word(13)}"
        f"&utm_content={word(14)}&gclid={word(15)}&ref={word(16)}"
    )
    sent = form(
        at - 60,
        EMAIL,
        form=word(17),
        url=f"https://example.com/{word(18)}",
        action=f"https://example.com/{word(19)}",
        fields=[
            field("nom", word(20)),
            field("prenom", word(21)),
            field("phone", "06 12 34 56 07"),
            field("societe", word(22)),
            field("sujet", word(23)),
            field("message", f"{word(24)}, {word(24)}"),
            field("ville", word(25)),
            field("choix", "1", type="select", text=word(26)),
            field("ok", type="checkbox", label=f"{word(27)} newsletter", checked=True),
            field("couleur", type="radio", label="Couleur", text=word(28), checked=True),
        ],
    )
    failed = form(at - 50, EMAIL, form="essai", fields=[field("message", word(29))])
    return body(
        view(at - 100, page, f"https://{word(30)}.example/{word(31)}", title=word(32)),
        event(
            "consent", at - 99, state="granted", purpose="tracking", proof="6" * 64, text_version=word(33), language=word(34), how=word(35)
        ),
        event("custom", at - 98, name=word(36), props={word(37): word(38)}),
        event("click", at - 97, kind="phone", href=f"tel:{OTHER_PHONE}", text=word(39)),
        event("click", at - 96, kind="outbound", href=f"https://{word(40)}.example/", text=word(1)),
        event("form_start", at - 95, form=word(41), field=word(42)),
        event("form_invalid", at - 94, form=word(41), field=word(43), reason=word(44)),
        event("identify", at - 93, traits={"email": EMAIL, "name": word(45), "organization": word(46)}),
        event("error", at - 92, kind=word(47), count=1, message=word(48)),
        sent,
        result(sent, at=at - 55),
        failed,
        result(failed, "failed", at=at - 45),
        visitor=VISITOR,
        sent=at,
    )


def _refused(at: int) -> list[dict[str, Any]]:
    """What is kept though it was not taken: by their visitor, and by their address."""
    return [
        body(view(at - 5, n=-1, title=word(49)), visitor=VISITOR, sent=at),
        body(form(at - 4, EMAIL, n=-1, fields=[field("message", word(50))]), visitor=None, consent="unset", sent=at),
    ]


def _tell(client: httpx2.Client, at: int) -> None:
    second = [
        view(at - 31, f"https://example.com/?utm_id={word(2)}", title=word(51)),
        form(at - 30, WORK, fields=[field("message", word(52))]),
    ]
    work = body(*second, visitor=SECOND, sent=at)
    somebody = body(
        view(at - 20), form(at - 19, "nora@example.org", fields=[field("nom", "Nora")]), visitor="vNORAAAAAAAAAAAAAAAAAA", sent=at
    )
    for one in (_visit(at), *_refused(at), work, somebody):
        assert client.post("/in", json=one, headers={"origin": "https://example.com"}).status_code == 204


def _do(served: Served, client: httpx2.Client) -> str:
    """What people say of them, and what they ask for. Answers the lead's id."""
    found = {one["email"]: one["lead_id"] for one in served.leads()}
    lead, work = found[EMAIL], found[WORK]
    told = ("--note", word(53), "--tag", word(54), "--correct", f"organization={word(55)}", "--correct", f"email={CORRECTED}")
    served.command("lead", "edit", lead, *told)
    served.command("lead", "merge", lead, work, "--reason", word(56))
    served.command("lead", "link", lead, f"https://example.com/{word(9)}")
    served.command("attribution", "--by", "campaign", "--keep", "March")
    asked = served.command("requests", "add", EMAIL, "--kind", "objection", "--words", word(57))
    served.command("requests", "answer", asked["id"], "refused", "--note", word(58))
    return str(lead)


def _access(served: Served, client: httpx2.Client) -> tuple[str, str]:
    """Their own page by a confirmed link: they correct a field there, and take the file."""
    link = served.command("requests", "link", EMAIL)["url"]
    page = client.get(link)
    found = re.search(r'name="link" value="([^"]+)"', page.text)
    assert found
    assert client.post("/me/link", data={"link": html.unescape(found[1]), "token": token_of(page)}, headers=SAME).status_code == 303
    token = token_of(client.get("/me"))
    assert client.post("/me/object", data={"token": token, "said": word(60)}, headers=SAME).status_code == 303
    assert client.post("/me/correct", data={"token": token, "given_name": word(59), "was_given_name": ""}, headers=SAME).status_code == 303
    files = [client.post("/me/download", data={"token": token, "as": kind}, headers=SAME) for kind in ("json", "html")]
    assert [one.status_code for one in files] == [200, 200]
    return files[0].text, html.unescape(files[1].text)


def _in(content: bytes) -> set[bytes]:
    low = content.lower()
    return {needle for needle in _needles() if needle in low}


def _kept(folder: Path) -> set[bytes]:
    """Every one that stands in a row of the database."""
    with closing(sqlite3.connect(f"file:{folder}/data/webleads.sqlite?mode=ro", uri=True)) as conn:
        conn.text_factory = bytes
        names = [row[0].decode() for row in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        found: set[bytes] = set()
        for name in names:
            for row in conn.execute(f'SELECT * FROM "{name}"'):
                found |= _in(b"\n".join(value for value in row if isinstance(value, bytes)))
        return found


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The whole story, and what was seen on its way."""
    folder = tmp_path_factory.mktemp("sixty")
    seen: dict[str, Any] = {}
    with serving(folder, WEBLEADS_METRICS_TOKEN="t", WEBLEADS_LOG_LEVEL="debug") as served:
        served.command("site", "add", "example.com", "--id", "42")
        served.command("site", "set", "42", "--kept", "ref")
        with httpx2.Client(base_url=served.url, trust_env=False) as client:
            at = now()
            _tell(client, at)
            _do(served, client)
            seen["json"], seen["html"] = _access(served, client)
            seen["kept"] = _kept(folder)
            seen["erased"] = served.command("erase", EMAIL)
            seen["metrics"] = client.get("/metrics", headers={"authorization": "Bearer t"}).content
            seen["leads"] = [one["email"] for one in served.leads()]
    with closing(sqlite3.connect(folder / "data" / "webleads.sqlite")) as conn:
        conn.execute("VACUUM")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder, seen


def test_the_sixty_values_were_taken(told: tuple[Path, dict[str, Any]]) -> None:
    assert len(WORDS) == 60
    assert sorted(set(_needles()) - told[1]["kept"]) == []


def test_the_access_file_holds_all_that_is_kept(told: tuple[Path, dict[str, Any]]) -> None:
    assert sorted(told[1]["kept"] - _in(told[1]["json"].encode())) == []
    assert json.loads(told[1]["json"])


def test_after_the_erasure_no_byte_of_them_is_anywhere(told: tuple[Path, dict[str, Any]]) -> None:
    folder, seen = told
    assert seen["erased"]["leads"] == 1
    assert seen["leads"] == ["nora@example.org"]
    assert _in(seen["metrics"]) == set()
    left = {
        str(path.relative_to(folder)): sorted(found) for path in folder.rglob("*") if path.is_file() and (found := _in(path.read_bytes()))
    }
    assert left == {}
