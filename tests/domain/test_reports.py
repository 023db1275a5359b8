"""Reports of thousands of lines: what is shown of them loses nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.domain.reports import Line, cut

lines = st.lists(st.builds(Line, st.text(max_size=3), st.integers(0, 9), st.integers(0, 99), st.none() | st.integers(0, 99)), max_size=9)


@given(lines, st.integers(1, 12))
def test_a_cut_report_has_the_same_sums(told: list[Line], most: int) -> None:
    found = cut(told, most)
    shown = [*found.lines, *([found.others] if found.others else [])]
    assert len(shown) == min(len(told), most)
    assert len(found.lines) + found.left == len(told)
    assert list(found.lines) == told[: len(found.lines)]
    for name in ("conversions", "value", "cost"):
        assert sum(getattr(line, name) or 0 for line in shown) == pytest.approx(sum(getattr(line, name) or 0 for line in told))


def test_others_without_a_cost_have_none() -> None:
    assert cut([Line("a", 2, 0, 5), Line("b", 1, 0), Line("c", 1, 0)], 2).others == Line("", 2, 0, None)
