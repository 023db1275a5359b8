"""Paths: look-back, transforms, and files of them with everything that can be wrong in one."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.domain.paths import COLUMNS, DAY, TRANSFORMS, BadRow, Path, Transform, journey, read, transformed, within

HEAD = b"path,conversions,value,nulls\n"
SOME = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NOW = 1_760_000_000_000


def _path(text: str) -> Path:
    touches = tuple(text.split())
    return Path(touches, tuple(float(len(touches) - place) for place in range(len(touches))))


# Look-back ----------------------------------------------------------------------------------------------------------


def test_a_look_back_is_closed_at_both_ends() -> None:
    ages = (90 * DAY + 1, 90 * DAY, 1, 0, -1)
    path = journey([(f"{age}", NOW - age) for age in ages], NOW)
    assert path.touches == tuple(str(age) for age in ages[:4]), "what comes after the conversion is not of it"
    assert within(path, 90).touches == tuple(str(age) for age in ages[1:4])
    assert within(path, 90).days == (90.0, 1 / DAY, 0.0)
    assert within(path, None) == path
    assert within(path, 0).touches == ("0",)


def test_a_look_back_may_leave_no_touch() -> None:
    assert within(journey([("A", NOW - 2 * DAY)], NOW), 1).touches == ()
    assert within(journey([], NOW), 1).touches == ()


def test_a_journey_counts_once_and_knows_its_milestones_in_days() -> None:
    won = journey([("A", NOW)], NOW, value=1200, milestones=(NOW - DAY, NOW, NOW + 1, None))
    assert (won.conversions, won.value, won.nulls, won.milestones) == (1, 1200, 0, (1, 0, None, None))
    lost = journey([("A", NOW)], NOW, converted=False)
    assert (lost.conversions, lost.nulls) == (0, 1)


# Transforms ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("unique", "A A B A", "A A B A"),
        ("exposure", "A A B", "A B"),
        ("exposure", "A A B B A A", "A B A"),
        ("exposure", "Direct Organic Organic Direct", "Direct Organic Direct"),
        ("first", "A B A", "A B"),
        ("first", "A B A C B", "A B C"),
        ("remove_if_last_and_not_all", "X B X X", "X B"),
        ("remove_if_last_and_not_all", "B X A", "B X A"),
        ("remove_if_last_and_not_all", "X X", "X X"),
        ("remove_if_not_all", "X B X X", "B"),
        ("remove_if_not_all", "X X", "X X"),
        ("exposure", "", ""),
        ("first", "", ""),
        ("remove_if_last_and_not_all", "", ""),
        ("remove_if_not_all", "", ""),
    ],
)
def test_a_transform_shortens_a_path(name: str, before: str, after: str) -> None:
    made = transformed(_path(before), [Transform(name, "X" if name.startswith("remove") else "")])
    assert made.touches == tuple(after.split())
    assert len(made.days) == len(made.touches)


def test_of_touches_that_fall_together_the_oldest_stays() -> None:
    assert transformed(_path("A A B A"), [Transform("exposure")]).days == (4, 2, 1)
    assert transformed(_path("A A B A"), [Transform("first")]).days == (4, 2)


def test_transforms_follow_each_other_and_say_their_names() -> None:
    two = (Transform("remove_if_not_all", "Direct"), Transform("exposure"))
    assert transformed(_path("A Direct A B"), two).touches == ("A", "B")
    assert [str(one) for one in two] == ["remove_if_not_all(Direct)", "exposure"]


@pytest.mark.parametrize("name", TRANSFORMS)
@SOME
@given(touches=st.lists(st.sampled_from("XAB"), max_size=8))
def test_a_transform_twice_is_a_transform_once_and_never_empties_a_path(name: str, touches: list[str]) -> None:
    path = _path(" ".join(touches))
    once = transformed(path, [Transform(name, "X")])
    assert transformed(once, [Transform(name, "X")]) == once
    assert bool(once.touches) == bool(touches)


# Files --------------------------------------------------------------------------------------------------------------


def _read(file: bytes) -> list[Path | BadRow]:
    return list(read(file.splitlines(keepends=True)))


def test_a_path_is_read_with_its_numbers_and_days() -> None:
    (path,) = _read(HEAD + b"Email > Paid Search > Email,2,30.5,4\n")
    assert path == Path(("Email", "Paid Search", "Email"), (2, 1, 0), 2.0, 30.5, 4.0)


@pytest.mark.parametrize(
    "file",
    [
        HEAD + b"A > B,1,2,3\n",
        HEAD + b"A > B,1,2,3",
        b"\xef\xbb\xbf" + HEAD + b"A > B,1,2,3\r\n",
        HEAD.replace(b",", b";") + b"A > B;1;2;3\n",
        b'"path";"conversions";"value";"nulls"\r\n"A > B";"1";"2";"3"\r\n',
        b"nulls,note,Value, Conversions ,PATH\n3,x,2.0,1e0,A > B\n",
        HEAD + b"\n A > B , 1 ,2., 3 \n\n",
        HEAD + b" A  >  B,1,2,3\n",
    ],
)
def test_what_is_unambiguous_is_read(file: bytes) -> None:
    (path,) = _read(file)
    assert isinstance(path, Path)
    assert (path.touches, *path[2:5]) == (("A", "B"), 1, 2, 3)


def test_direct_in_any_case_is_direct() -> None:
    (path,) = _read(HEAD + b"direct > (direct) > DIRECT > (Direct) > Direct mail,1,0,0\n")
    assert path[0] == ("Direct", "Direct", "Direct", "Direct", "Direct mail")


def test_an_empty_path_has_no_touch() -> None:
    (path,) = _read(HEAD + b",1,2,3\n")
    assert path[:2] == ((), ())


def test_channels_may_hold_what_csv_can() -> None:
    (path,) = _read(HEAD + '"Réseaux, payés > a ""b"" > [bold]x[/]",1,0,0\n'.encode())
    assert path[0] == ("Réseaux, payés", 'a "b"', "[bold]x[/]")


@pytest.mark.parametrize(
    ("file", "row", "reason", "column"),
    [
        (b"", 1, "no-head", ""),
        (b"\n\n", 1, "no-head", ""),
        (b"A > B,1,2,3\n", 1, "missing-column", "path"),
        (b"path,conversions,value\nA,1,2\n", 1, "missing-column", "nulls"),
        (b"path\tconversions\tvalue\tnulls\n", 1, "missing-column", "path"),
        (b"path,value,conversions,nulls,value\n", 1, "double-column", "value"),
        (HEAD + b"A,1,2\n", 2, "cells", ""),
        (HEAD + b"A,1,2,3\nA > B,1,2,3,4\n", 3, "cells", ""),
        (HEAD + b"\n\nA,1,2\n", 4, "cells", ""),
        (HEAD.replace(b",", b";") + b"A,1,2,3\n", 2, "cells", ""),
        (HEAD + b"A,x,2,3\n", 2, "not-a-number", "conversions"),
        (HEAD + b"A,,2,3\n", 2, "not-a-number", "conversions"),
        (HEAD + b"A,1,NA,3\n", 2, "not-a-number", "value"),
        (HEAD + b"A,1,2,nan\n", 2, "not-a-number", "nulls"),
        (HEAD + b"A,inf,2,3\n", 2, "not-a-number", "conversions"),
        (HEAD + b"A,1_000,2,3\n", 2, "not-a-number", "conversions"),
        (HEAD + b"A,0x10,2,3\n", 2, "not-a-number", "conversions"),
        (HEAD + b'"A","1,5",2,3\n', 2, "not-a-number", "conversions"),
        (HEAD + "A,١,2,3\n".encode(), 2, "not-a-number", "conversions"),
        (HEAD + b"A,-1,2,3\n", 2, "below-zero", "conversions"),
        (HEAD + b"A,1,-0.5,3\n", 2, "below-zero", "value"),
        (HEAD + b"A,1,2,1e999\n", 2, "too-large", "nulls"),
        (HEAD + b"A,1,2e15,3\n", 2, "too-large", "value"),
        (HEAD + b"A > ,1,2,3\n", 2, "bad-path", "path"),
        (HEAD + b"A >  > B,1,2,3\n", 2, "bad-path", "path"),
        (HEAD + b"A>B,1,2,3\n", 2, "bad-path", "path"),
        (HEAD + b"A > B,1,2,3\nA,1,2,3\n>,1,2,3\n", 4, "bad-path", "path"),
        (HEAD + b"A,1,2,3\nCaf\xe9,1,2,3\n", 3, "not-utf-8", ""),
        (HEAD.decode().encode("utf-16"), 1, "not-utf-8", ""),
        (HEAD + b'A,1,2,3\n"A,1,2,3\nB,1,2,3\n', 3, "not-csv", ""),
        (HEAD + b'A,1,2,3\n"A"x,1,2,3\n', 3, "not-csv", ""),
        (HEAD + b"A" * 200_000 + b",1,2,3\n", 2, "not-csv", ""),
    ],
)
def test_a_bad_row_is_named_and_ends_the_reading(file: bytes, row: int, reason: str, column: str) -> None:
    *_before, last = _read(file)
    assert isinstance(last, BadRow)
    assert (last.row, last.reason, last.column) == (row, reason, column)
    assert len(last.text) < 80


@SOME
@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(file: bytes) -> None:
    for start in (b"", HEAD, HEAD + b"A,1,2,3\n"):
        for made in _read(start + file):
            assert isinstance(made, (Path, BadRow))


NAMES = st.text(st.characters(exclude_characters=">\r\n\x00", exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs"]), min_size=1, max_size=8)


@SOME
@given(st.lists(NAMES, min_size=1, max_size=5), st.integers(0, 10**6), st.floats(0, 1e9), st.integers(0, 10**6))
def test_what_is_written_is_read_again(names: list[str], conversions: int, value: float, nulls: int) -> None:
    cell = " > ".join(names).replace('"', '""')
    (path,) = _read(HEAD + f'"{cell}",{conversions},{value!r},{nulls}\n'.encode())
    assert isinstance(path, Path), path
    told = tuple("Direct" if name.lower() in ("direct", "(direct)") else name for name in names)
    assert (path.touches, *path[2:5]) == (told, conversions, value, nulls)
    assert len(COLUMNS) == 4
