"""Every page of the lab, in every engine."""

from __future__ import annotations

import pytest

from tests.engines.page import Engine

from .gaps import GAPS
from .page import pages
from .runner import Lab


@pytest.mark.parametrize("name", pages())
def test_page(name: str, engine: Engine, lab: Lab, company: list[str], request: pytest.FixtureRequest) -> None:
    if name in GAPS:  # a known gap is a test that must fail
        request.applymarker(pytest.mark.xfail(reason=GAPS[name], strict=True))
    lab.visit(engine, name, company).prove()
