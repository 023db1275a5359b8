"""The runner itself, on forms of our own: it reads right, and it finds what a careless tag would let out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.browser import conftest
from tests.eval.__main__ import main, table
from tests.eval.run import PASSES, run
from tests.eval.score import score

pytestmark = pytest.mark.browser


def line(html: str, *kinds: str) -> dict[str, Any]:
    fields = [{"selector": f'[data-fx="{place}"]', "expected": kind} for place, kind in enumerate(kinds)]
    return {"url_or_name": "ours", "language": "fr", "form_type": None, "html": html, "fields": fields}


CONTACT = line(
    '<form method="post" action="/x"><input type="hidden" name="t">'
    '<label for="n">Nom</label><input id="n" name="nom" data-fx="0"><label for="p">Prénom</label><input id="p" name="prenom" data-fx="1">'
    '<label for="e">Courriel</label><input id="e" name="courriel" data-fx="2" autocomplete="email">'
    '<label for="m">Message</label><textarea id="m" name="m" data-fx="3"></textarea>'
    '<input type="checkbox" name="news" data-fx="4"> Recevoir la lettre d’information</form>',
    "family-name", "given-name", "email", "message", "consent-marketing",
)  # fmt: skip
CHECKOUT = line(
    '<form method="post" action="/x">E-mail <input name="mail" data-fx="0">Numéro de carte <input name="card" data-fx="1">'
    'Expire le <select name="mois" data-fx="2"><option>--<option>01<option>02</select>'
    'Mot de passe <input name="pw" data-fx="3"><input type="password" name="pw2"></form>',
    "email", "cc-number", "cc-exp-month", "password",
)  # fmt: skip


def test_what_arrives_is_matched_and_scored_in_every_pass() -> None:
    corpus = [CONTACT, CHECKOUT]
    sendings = run(corpus, jobs=1)
    assert [one.change for one in sendings if one.captured] == [name for name in PASSES for _ in corpus]
    assert all(one.spilt == [] for one in sendings)
    scores = score(corpus, sendings)
    for name in PASSES:
        for label in ("family-name", "given-name", "email", "message", "consent-marketing"):
            assert scores[name][label].f1 == 1, (name, label, scores[name][label].errors)
    assert "| email | 1.000 1.000 1.000 (2) |" in "\n".join(table(scores))


def test_a_tag_that_lets_a_secret_out_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    careless = tmp_path / "tag.js"
    careless.write_text(
        "window.webleads = () => {}; webleads.loaded = {};"
        "const here = new URL(document.currentScript.src).origin;"
        "for (const file of [0, 1]) fetch(here + '/js/careless' + file).catch(() => {});"
        "const at = () => Date.now().toString(16).padStart(12, '0');"
        "const id = () => at().slice(0, 8) + '-' + at().slice(8) + '-7000-8000-' + Math.random().toString(16).slice(2, 14).padEnd(12, '0');"
        "addEventListener('submit', ({ target }) => fetch(here + '/in', { method: 'POST', body: JSON.stringify({ v: 1, site: 100849625, visitor: null,"
        " consent: 'unset', sent: Date.now(), events: [{ id: id(), type: 'form_submit', at: Date.now(), url: 'http://localhost/',"
        " form: target.getAttribute('data-webleads-form'), submission: id(), how: 'submit',"
        " fields: [...target.elements].map(({ name, type, value }) => ({ name, type, value })) }] }) }), true);"
    )
    monkeypatch.setattr(conftest, "TAG", careless)
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(json.dumps(CHECKOUT))
    monkeypatch.setattr("sys.argv", ["eval", str(corpus)])
    assert main() == 1
    told = capsys.readouterr().out.splitlines()
    assert told[-1] == "leaks 12"  # four secrets, three passes
    assert [text for text in told if "leak" in text.lower()] == told[-1:]
