"""The morning in words."""

from __future__ import annotations

from collector.domain.stopped import Stopped
from collector.domain.surges import Surge
from collector.present import today


def _page(url: str, title: str = "") -> dict[str, str]:
    return {"url": url, "title": title}


def test_what_was_read_is_told_once_each_the_newest_last() -> None:
    home, prices = _page("https://example.com/"), _page("https://example.com/tarifs", "Tarifs")
    assert today.read([home, prices, home], "en") == (["home page", "Tarifs"], "")
    assert today.read([], "en") == ([], "")
    many = [_page(f"https://example.com/{place}") for place in range(6)]
    assert today.read(many, "en") == (["/3", "/4", "/5"], "and 3 pages more")
    assert len(today.read([_page("https://example.com/", "t" * 500)], "en")[0][0]) == 60


def test_a_form_that_stopped_says_against_what_and_whether_it_is_seen() -> None:
    said = today.stopped("contact", Stopped(100, 12, True), 103, "en")
    assert (
        said
        == "The form “contact” was last sent 3 days ago; the same days usually bring 12. It is still seen, so its sending may be broken."
    )
    assert "it may have left its page" in today.stopped("contact", Stopped(100, 12, False), 101, "en")
    assert "“form without a name”" in today.stopped("f1abc23x", Stopped(100, 12, False), 101, "en")


def test_scores_surges_and_deadlines_are_told_with_their_figures() -> None:
    assert today.moved({"before": 1_960, "after": 4_500}, "en") == "from 20 to 45"
    assert today.surge(Surge(1_200, 3), "en") == "1,200 events were refused in a day, where 3 are usual."
    assert today.deadline(0, 1, 2, "en") == "1 person waits for an answer about their own data. 2 days are left for the first."
    assert today.deadline(1, 3, 0, "en") == "3 people wait for an answer about their own data. 1 answer is overdue."
    assert "has gone quiet" in today.quiet("example.com", "2 days ago", "en")
