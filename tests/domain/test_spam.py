"""Signs of spam: what stands apart, what never does, and how often both are told wrong on a corpus of our own."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from collector.domain import fields, spam
from collector.domain.spam import GROUPS, Spoken, is_apart, quarantine, signs
from collector.present.quarantine import SENTENCES, SHORT
from tests.domain.spam_corpus import HAM, PEOPLE, SPAM

FRANCE = {"country": "FR", "domain": "exemple-site.fr"}
FRAMES = ("{}", "Hello,\n{}\nBest regards", "{} (ref. 8841)")


def _spoken(who: tuple[str, str, str, str], message: str) -> Spoken:
    name, email, phone, organization = who
    kept = fields.phone(phone, "FR") or phone if sum(map(str.isdigit, phone)) >= 6 else ""
    return Spoken(email, kept, name, organization=organization, message=message, **FRANCE)


def _ham() -> Iterator[Spoken]:
    for message in HAM:
        for who in PEOPLE:
            yield _spoken(who, message)


def _spam() -> Iterator[Spoken]:
    for senders, messages in SPAM:
        for who in senders:
            for message in messages:
                for frame in FRAMES if " " in message else FRAMES[:1]:
                    yield _spoken(who, frame.format(message))


def test_at_most_one_good_lead_of_two_hundred_stands_apart() -> None:
    ham = list(_ham())
    wrong = [one for one in ham if is_apart(signs(one))]
    assert len(ham) >= 500
    assert len(wrong) / len(ham) <= 0.005, [(one.message[:60], one.name, signs(one)) for one in wrong]


def test_most_spam_stands_apart() -> None:
    """Reliability 3. The rest lies in the list: an offer of services without a link is told by nothing but its words."""
    told = list(_spam())
    found = [one for one in told if is_apart(signs(one))]
    assert len(told) >= 500
    assert len(found) / len(told) >= 0.7


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (Spoken(message="Un devis pour ceci : https://a.example/x Merci"), ("links",)),
        (Spoken(message="Notre site : https://www.exemple-site.fr/page", **FRANCE), ()),
        (Spoken(email="a@durand.fr", message="Notre site : https://durand.fr"), ()),
        (Spoken(message="Tout est là https://bit.ly/x et bien expliqué dans ce document que je vous prie de lire avant demain soir"), ("short-link",)),
        (Spoken(message="[url=https://x.example]ici[/url]"), ("links", "markup")),
        (Spoken(message="Привет, как дела у вас сегодня?", country="FR"), ("script",)),
        (Spoken(message="Привет, как дела у вас сегодня?", country="BG"), ()),
        (Spoken(message="Привет, как дела у вас сегодня?"), ()),
        (Spoken(name="RobertTox"), ("name-made",)),
        (Spoken(name="Durand Durand"), ("name-made",)),
        (Spoken(name="McDonald"), ()),
        (Spoken(name="JeanPierre"), ()),
        (Spoken(name="Win now https://x.example"), ("name-link",)),
        (Spoken(name="qsdfgh"), ("name-mash",)),
        (Spoken(name="SNCF", message="BNPPRS"), ()),
        (Spoken(name="Krzysztof Szczepański"), ()),
        (Spoken(name="Schwarzschmidt"), ()),
        (Spoken(message="kXwRtZqBnVm"), ("text-mash",)),
        (Spoken(name="Camille", message="camille"), ("same-text",)),
        (Spoken(email="a@x.yopmail.com"), ("disposable",)),
        (Spoken(email="j.p.durand@gmail.com"), ()),
        (Spoken(email="u.fed.o.xi.ma@gmail.com"), ("dotted",)),
        (Spoken(phone="+33612457890"), ()),
        (Spoken(phone="+33012457890"), ("phone",)),
        (Spoken(phone="0000000000"), ("phone",)),
        (Spoken(phone="89037375321"), ("phone",)),
        (Spoken(phone="01 45 67 poste 12"), ()),
        (Spoken(message="Pour ne plus recevoir de messages, répondez STOP"), ("mass",)),
        (Spoken(trapped=True), ("trap",)),
        (Spoken(message="High DA guest posts"), ("phrases",)),
        (Spoken(message="Nous cherchons du netlinking et un meilleur référencement naturel"), ()),
    ],
)  # fmt: skip
def test_each_sign(of: Spoken, expected: tuple[str, ...]) -> None:
    assert signs(of) == expected


def test_two_signs_of_one_kind_are_one() -> None:
    assert not is_apart(("links", "short-link", "markup"))
    assert not is_apart(("disposable", "dotted"))
    assert is_apart(("links", "phrases"))


def test_a_lead_stands_apart_only_where_all_that_it_sent_does() -> None:
    bad = Spoken(name="RobertTox", message="Free spins https://x.example")
    good = Spoken(name="Robert", message="Bonjour, un devis ?")
    assert quarantine("", [bad]) == "links,phrases,name-made"
    assert quarantine("", [bad, good]) == ""
    assert quarantine("", [bad, Spoken(email="a@yopmail.com", message="https://x.example")]) == "links,phrases,name-made,disposable"


def test_a_persons_word_beats_all_signs() -> None:
    bad = Spoken(name="RobertTox", message="Free spins https://x.example")
    assert quarantine("no", [bad]) == ""
    assert quarantine("yes", [Spoken(message="Bonjour")]) == spam.PERSON


def test_every_sign_has_its_words() -> None:
    assert SENTENCES.keys() == SHORT.keys() == {*GROUPS, spam.PERSON}


@pytest.mark.parametrize("piece", ["a", "www.", "[url", "<a ", "https://a.", "seo ", "earn $", ".", "wxcvbn", "é", "don't want to "])
def test_no_text_is_read_slowly(piece: str) -> None:
    long = (piece * 4_000)[: spam.READ]
    started = time.perf_counter()
    signs(Spoken(f"{long[:60]}@example.org", long[:60], long[:500], long[:500], long[:500], long[:500], long[:500], long, "FR", "x.fr"))
    assert time.perf_counter() - started < 0.1
