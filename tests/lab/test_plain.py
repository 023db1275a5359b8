"""Pages of HTML and a few lines of script."""

from __future__ import annotations

import pytest

from tests.engines.page import Engine
from tests.serving import Served

from .page import named
from .runner import prove
from .server import LabServer


@pytest.mark.parametrize("name", named("plain"))
def test_plain_page(name: str, engine: Engine, collector: Served, client: LabServer, request: pytest.FixtureRequest) -> None:
    prove(name, engine, collector, client, request)
