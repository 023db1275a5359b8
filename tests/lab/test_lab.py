"""The lab itself."""

from __future__ import annotations

import pytest

from .gaps import GAPS
from .page import KINDS, named, pages, read


def test_every_page_is_run_and_every_gap_is_a_page() -> None:
    assert sorted(name for kind in KINDS for name in named(kind)) == sorted(pages())
    assert len(pages()) >= 40
    assert set(GAPS) <= set(pages())


def test_a_page_that_states_nothing_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="either one or none"):
        read("x", "<!--lab\nfrom: HTML\n-->\n<form></form>")
    with pytest.raises(ValueError, match="x: wish: y"):
        read("x", "<!--lab\nwish: y\n-->")
