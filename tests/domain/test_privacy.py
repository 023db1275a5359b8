"""What is promised of the device and of audience mode: the tag, the collector and the texts name the same numbers."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from collector.domain import privacy, protocol
from collector.store.events import month_of
from tests import builders
from tests.builders import NOW, VISITOR, body, event, form, view

SOURCES = Path(__file__).parents[2] / "snippet" / "src"


def _number(file: str, name: str) -> float:
    found = re.search(rf"const {name} = ([\d.e]+);", (SOURCES / file).read_text())
    assert found, (file, name)
    return float(found[1])


def test_the_cookie_lives_as_long_in_the_tag() -> None:
    assert _number("device.js", "LIFE") == privacy.COOKIE_LIFE
    assert _number("send.js", "STORE_AGE") == privacy.QUEUE_HOURS * 3_600_000
    device = (SOURCES / "device.js").read_text()
    assert f"{privacy.COOKIE}=" in device
    assert f"OURS = '{privacy.STORED}'" in device


def test_of_audience_mode_no_time_is_finer_than_a_quarter_of_an_hour() -> None:
    at = NOW + 123_457
    told = [view(at), event("click", at, kind="phone"), event("form_start", at, form="contact"), form(at)]
    plain = builders.batch(body(*told, visitor=None, consent="unset", sent=at), at)
    times = {one.type: (one.at, protocol.time_of(one.id)) for one in plain.events}
    assert times.pop("form_submit") == (at, at)
    assert {value % privacy.STEP for pair in times.values() for value in pair} == {0}
    known = builders.batch(body(*told, sent=at), at)
    assert {one.at for one in known.events} == {at}


def test_a_refusal_that_names_a_visitor_carries_no_page() -> None:
    plain = builders.batch(body(event("consent", NOW, state="denied", n=3), view(), consent="denied"))
    assert [(one.page, one.n) for one in plain.events] == [("", 0), ("page0001", 0)]
    assert plain.subject == VISITOR


@given(st.integers(0, 2**47), st.binary(min_size=10, max_size=10))
def test_an_id_without_its_time_stays_one_of_its_month(at: int, noise: bytes) -> None:
    made = at.to_bytes(6, "big") + bytes([0x70 | noise[0] & 15, noise[1], 0x80 | noise[2] & 63]) + noise[3:]
    less = privacy.coarse_id(made)
    assert less[6:] == made[6:]
    assert UUID(bytes=less).version == 7
    assert month_of(protocol.time_of(less)) == month_of(at)
    assert privacy.coarse_id(less) == less
