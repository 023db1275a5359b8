"""Pages that send with a library as npm delivers it."""

from __future__ import annotations

import pytest

from tests.engines.page import Engine
from tests.serving import Served

from .page import named
from .runner import prove
from .server import LabServer


@pytest.mark.parametrize("name", named("library"))
def test_library_page(name: str, engine: Engine, collector: Served, client: LabServer, request: pytest.FixtureRequest) -> None:
    prove(name, engine, collector, client, request)
