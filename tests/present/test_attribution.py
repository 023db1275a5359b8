"""Figures of attribution say what made them, in both languages."""

from __future__ import annotations

import pytest

from collector.domain.attribution import MODELS as KNOWN
from collector.domain.attribution import Terms, attribute
from collector.domain.paths import TRANSFORMS as SHORTENING
from collector.domain.paths import Path, Transform
from collector.present import attribution
from collector.present.language import catalogue

PATHS = [Path(("Email", "Direct"), (1.0, 0.0), 1234.0, 5.5, 2.0)]


def test_every_model_and_transform_has_words() -> None:
    assert set(attribution.MODELS) == set(KNOWN)
    assert set(attribution.TRANSFORMS) == set(SHORTENING)


def test_the_terms_are_all_said() -> None:
    report = attribute(PATHS, Terms("linear", 90, (Transform("exposure"), Transform("remove_if_not_all", "Direct"))))
    assert attribution.terms(report, "en") == (
        "Linear · look-back 90 days · repeats in a row count once · Direct left out, unless it is all of the path"
        " · conversions: 1,234, journeys without: 2"
    )
    assert attribution.terms(attribute(PATHS, Terms("decay", 1)), "fr") == (
        "Décroissance dans le temps, demi-vie de 7 jours · ancienneté : 1 jour au plus · chemins tels quels"
        " · conversions : 1\u202f234, parcours sans conversion : 2"
    ).replace(" :", "\u00a0:")


@pytest.mark.parametrize(
    ("path", "why"),
    [
        (PATHS[0]._replace(conversions=9.0), "few-conversions"),
        (PATHS[0]._replace(nulls=0.0), "no-nulls"),
        (PATHS[0]._replace(touches=(), days=()), "no-conversions"),
        (PATHS[0]._replace(touches=tuple(map(str, range(400))), days=(0.0,) * 400), "too-many-names"),
    ],
)
def test_a_fallback_is_said(path: Path, why: str) -> None:
    report = attribute([path], Terms("markov"))
    assert report.why == why
    said = attribution.why(report, "en")
    assert said.endswith("these figures are linear.")
    assert attribution.terms(report, "en").startswith("Linear · ")
    assert attribution.why(report, "fr") != said
    assert attribution.answer(report)["fallback"] == "linear"


def test_what_a_model_leaves_out_is_said() -> None:
    assert "order of touches" in attribution.why(attribute(PATHS, Terms("shapley")), "en")
    assert attribution.why(attribute(PATHS, Terms("first")), "en") == ""
    assert attribution.answer(attribute(PATHS, Terms("first"))).keys() == {"model", "channels"}


def test_shares_are_shown_as_the_language_writes_numbers() -> None:
    report = attribute(PATHS, Terms("linear"))
    assert next(attribution.rows(report, "en")) == ("Email", "617", "50.0", "2.75")
    assert next(attribution.rows(report, "fr")) == ("Email", "617", "50,0", "2,75")
    assert next(attribution.rows(attribute([PATHS[0]._replace(conversions=0.0)], Terms("linear")), "en"))[2] == "0.0"
    assert attribution.heads("fr") != attribution.heads("en")
    assert catalogue("fr").gettext(attribution.MODELS["markov"]) == "Chaîne de Markov"
