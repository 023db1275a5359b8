"""Pages staged from facts: plug-ins, services and embeds that npm does not have."""

from __future__ import annotations

import pytest

from tests.engines.page import Engine
from tests.serving import Served

from .page import named
from .runner import prove
from .server import LabServer


@pytest.mark.parametrize("name", named("staged"))
def test_staged_page(name: str, engine: Engine, collector: Served, client: LabServer, request: pytest.FixtureRequest) -> None:
    prove(name, engine, collector, client, request)
