"""`webleads seal`, as a user runs it: words, modes, files, and a kill in the middle."""

from __future__ import annotations

import asyncio
import json
import stat
import subprocess
from pathlib import Path

import pytest

from tests import builders
from tests.conftest import opened
from tests.serving import WEBLEADS, environment
from tests.store.test_seal import TYPED, _story
from tests.test_cli import answer, folder, run, said  # noqa: F401 (folder is a fixture)


@pytest.fixture
def told(folder: Path) -> Path:  # noqa: F811
    """A folder with a database of four leads in `data`."""

    async def tell() -> None:
        async for _database, writer in opened(f"sqlite:///{folder}/data/webleads.sqlite"):
            await writer.run(_story)

    asyncio.run(tell())
    (folder / "data" / "secret").write_text(builders.SECRET.hex())
    (folder / "data" / "secret").chmod(0o600)
    return folder


@pytest.fixture
def keyed(told: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same with a key."""
    answer("seal", "make", "key")
    monkeypatch.setenv("WEBLEADS_SEAL", str(told / "key"))
    return told


def _emails(query: str = "") -> list[str]:
    return sorted(json.loads(line)["email"] for line in run("leads", "export", "--query", query, "--format", "jsonl").stdout.splitlines())


def test_a_key_file_is_for_its_owner_alone_and_gets_another_key_before(folder: Path) -> None:  # noqa: F811
    first = answer("seal", "make", "key")["key"]
    assert stat.S_IMODE((folder / "key").stat().st_mode) == 0o600
    done = run("seal", "make", "key")
    assert (done.exit_code, "--more" in said(done)) == (1, True)
    before = (folder / "key").read_text()
    assert answer("seal", "make", "key", "--more")["key"] != first
    assert (folder / "key").read_text().splitlines()[1:] == before.splitlines()
    (folder / "note").write_text("not a key")
    done = run("seal", "make", "note", "--more")
    assert (done.exit_code, "is no key file" in said(done)) == (1, True)


def test_on_status_rotate_and_off(keyed: Path) -> None:
    assert run("seal", "status").stdout.splitlines()[0] == "Nothing is sealed."
    before = _emails()
    done = run("seal", "on")
    assert done.stdout.startswith("Sealed with the key ")
    assert "--vacuum" in done.stdout
    assert _emails() == before
    assert _emails("kan") == ["camille.secrete@example.org", "travail.secret@example.org"]
    told = answer("seal", "status", "--all")
    assert list(told["keys"].values()) == ["sealed"]
    assert {name: counts["open"] + counts["damaged"] for name, counts in told["tables"].items() if counts["open"] + counts["damaged"]} == {}
    assert told["tables"]["lead"]["sealed"] > 4
    answer("seal", "make", "key", "--more")
    assert "webleads seal rotate" in run("seal", "status").stdout
    assert list(answer("seal", "rotate", "--vacuum")) == ["key", "rows", "damaged", "vacuumed"]
    one = (keyed / "key").read_text().splitlines()[0]
    (keyed / "key").write_text(one)
    assert _emails() == before
    content = (keyed / "data" / "webleads.sqlite").read_bytes().lower()
    assert [value for value in TYPED if value.lower().encode() in content] == []
    assert "Opened: " in run("seal", "off").stdout
    assert "nothing is sealed" in said(run("seal", "off"))
    assert _emails("narien") == ["camille.secrete@example.org", "travail.secret@example.org"]


def test_without_a_key_it_says_what_to_do(told: Path) -> None:
    done = run("seal", "on")
    assert (done.exit_code, "webleads seal make FILE" in said(done)) == (1, True)


def test_a_server_or_a_command_without_the_key_is_refused_in_words(keyed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer("seal", "on")
    wrong = {"": "set WEBLEADS_SEAL", str(keyed / "gone"): "there is no such key file", str(keyed / "data" / "secret"): "is no key file"}
    for value, says in wrong.items():
        monkeypatch.setenv("WEBLEADS_SEAL", value)
        for words in (("leads", "export"), ("seal", "off")):
            done = run(*words)
            assert (done.exit_code, says in said(done)) == (1, True), (words, said(done))
        found = {one["code"]: one for one in json.loads(run("doctor", "--json").stdout)}
        assert says in found["seal-wrong"]["says"]
        assert "secret-other" not in found
    served = subprocess.run([*WEBLEADS, "serve", "--port", "0"], cwd=keyed, env=environment(), capture_output=True, timeout=60, check=False)
    assert (served.returncode, b"WEBLEADS_SEAL" in served.stderr) == (1, True)


def test_the_doctor_has_a_line(keyed: Path) -> None:
    def code() -> str:
        return next(str(one["code"]) for one in json.loads(run("doctor", "--json").stdout) if one["check"] == "seal")

    assert code() == "seal-waits"
    answer("seal", "on")
    assert code() == "seal-on"
    answer("seal", "make", "key", "--more")
    assert code() == "seal-newer"
    (keyed / "key").chmod(0o644)
    assert code() == "seal-open"


def test_a_backup_names_the_key_file_that_is_not_in_it_and_comes_back_with_it(keyed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer("seal", "on", "--vacuum")
    before = _emails()
    done = run("backup", "copy")
    assert f"The key file {keyed / 'key'} is not in it" in " ".join(done.stdout.split())
    content = (keyed / "copy").read_bytes().lower()
    assert [value for value in TYPED if value.lower().encode() in content] == []
    monkeypatch.setenv("WEBLEADS_SEAL", "")
    done = run("restore", "copy")
    assert (done.exit_code, "WEBLEADS_SEAL" in said(done)) == (1, True)
    monkeypatch.setenv("WEBLEADS_SEAL", str(keyed / "key"))
    answer("erase", "travail.secret@example.org")
    assert answer("restore", "copy")["erased"] == 1
    assert _emails() == [one for one in before if one != "travail.secret@example.org"]


def test_a_kill_in_the_middle_leaves_all_readable_and_it_goes_on(keyed: Path) -> None:
    before = _emails()
    settings = {"WEBLEADS_SEAL": str(keyed / "key"), "WEBLEADS_CRASH": "commit-after:12"}
    done = subprocess.run([*WEBLEADS, "seal", "on"], cwd=keyed, env=environment(**settings), capture_output=True, timeout=60, check=False)
    assert done.returncode == 137, done.stderr
    assert list(answer("seal", "status")["keys"].values()) == ["sealing"]
    assert _emails() == before
    assert answer("seal", "on")["damaged"] == 0
    assert list(answer("seal", "status")["keys"].values()) == ["sealed"]
    assert _emails() == before
