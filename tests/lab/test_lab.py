"""The lab itself."""

from __future__ import annotations

from collections import Counter

import pytest

from .gaps import GAPS
from .page import pages, read


def test_the_pages_are_many_and_every_gap_is_one() -> None:
    kinds = Counter(page.kind for page in pages().values())
    assert min(kinds.values()) >= 20, kinds
    assert set(GAPS) <= set(pages())


def test_a_page_that_states_nothing_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="either one or none"):
        read("x", "<!--lab\nfrom: HTML\n-->\n<form></form>")
    with pytest.raises(ValueError, match="x: wish: y"):
        read("x", "<!--lab\nwish: y\n-->")
