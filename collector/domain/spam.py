"""Signs that a submission is spam, each with a name, read from what is kept of it and nothing else: pure, so that a rebuild tells alike.

One sign is never enough, nor are two of one kind: what was sent stands apart where signs of two groups meet, and where all that a lead
sent does so. Automation, speed, rates, addresses of networks and missing headers are no signs (DESIGN 4.3). A person's word beats all.
"""

from __future__ import annotations

import itertools
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import phonenumbers

# Phrases (patterns over folded text, bounded: none looks far) and domains of throw-away addresses: a flag, never a block.
_DATA = json.loads(files(__package__).joinpath("spam.json").read_text("utf-8"))


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    """One pattern for all. They begin with a letter each, and are tried only where a word begins with it."""
    by_letter: dict[str, list[str]] = {}
    for pattern in patterns:
        by_letter.setdefault(pattern[0], []).append(pattern[1:])
    return re.compile(r"\b(?:" + "|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in by_letter.items()) + ")", re.ASCII)


_STRONG, _SOFT, _ASKS, _MASS = (_any(_DATA[name]) for name in ("strong", "soft", "asks", "mass"))
_DISPOSABLE = frozenset(_DATA["disposable"])

PERSON = "person"  # the reason where somebody said so
READ = 4_000  # characters of a message that are read

# Sign → its group. Signs of one group are one piece of evidence told twice.
GROUPS = {
    "links": "links", "short-link": "links", "markup": "links",
    "phrases": "words",
    "mass": "mass",
    "script": "script",
    "name-link": "name", "name-mash": "name", "name-made": "name",
    "text-mash": "text",
    "same-text": "same",
    "disposable": "mail", "dotted": "mail",
    "phone": "phone",
    "trap": "trap",
}  # fmt: skip


class Spoken(NamedTuple):
    """What is read of one submission; `country` (ISO 3166) and `domain` are its site's."""

    email: str = ""
    phone: str = ""
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    organization: str = ""
    subject: str = ""
    message: str = ""
    country: str = ""
    domain: str = ""
    trapped: bool = False  # it filled in a field that says that nobody is to


def quarantine(said: str, sent: Iterable[Spoken]) -> str:
    """Why a lead stands apart: what a person `said` (yes | no), else the signs of all that was `sent`; empty where it does not."""
    if said:
        return PERSON if said == "yes" else ""
    found: set[str] = set()
    for one in sent:
        told = signs(one)
        if not is_apart(told):
            return ""
        found.update(told)
    return ",".join(name for name in GROUPS if name in found)


def is_apart(told: Iterable[str]) -> bool:
    """Whether signs of two groups meet."""
    return len({GROUPS[name] for name in told}) >= 2


@lru_cache(maxsize=1024)
def signs(of: Spoken) -> tuple[str, ...]:
    """The signs of a submission, in the order of GROUPS. A lead is summed up with each of its visits, hence the cache."""
    found = {*_links(of), *_names(of), *_mail(of.email)}
    text = f"{of.subject}\n{of.message}"
    plain = _folded(text)
    if _is_offered(plain):
        found.add("phrases")
    if _MASS.search(plain):
        found.add("mass")
    if _is_foreign(text, of.country):
        found.add("script")
    if _is_mash(of.message, 3):
        found.add("text-mash")
    if of.message and of.message.casefold() in {of.name.casefold(), of.organization.casefold()}:
        found.add("same-text")
    if of.phone and not _can_be_called(of.phone):
        found.add("phone")
    if of.trapped:
        found.add("trap")
    return tuple(name for name in GROUPS if name in found)


def _folded(text: str) -> str:
    """Lower case, without accents, one blank between words, straight apostrophes; what is no ASCII then is of no phrase."""
    plain = text.replace("\u2019", "'")
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return " ".join(plain.lower().split())


# Links --------------------------------------------------------------------------------------------------------------

_LINK = re.compile(r"(?:https?://|www\.)([a-z0-9.\-]{3,100})[^\s<>\"'\])]{0,500}")
_MARKUP = re.compile(r"\[/?(?:url|link|img|b)\b[^\]]{0,300}\]|<a\s[^>]{0,300}href|</a>")
_SHORT = frozenset({
    "bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "is.gd", "cutt.ly", "rb.gy", "shorturl.at", "t.me", "telegra.ph", "tiny.cc", "v.gd",
    "clck.ru", "vk.cc", "bit.do", "u.to", "s.id", "linktr.ee", "qrco.de", "graph.org", "vk.com",
})  # fmt: skip
_MANY_LINKS = 3
_FEW_WORDS = 12  # beside a link: the link is what is said


def _links(of: Spoken) -> Iterator[str]:
    """Links that are neither the site's own nor the sender's."""
    text = f"{of.subject}\n{of.message}".lower()
    if ("[" in text or "<" in text) and _MARKUP.search(text):
        yield "markup"
    if "http" not in text and "www." not in text:
        return
    hosts = [found[1].removeprefix("www.").rstrip(".") for found in _LINK.finditer(text)]
    own = {of.domain.removeprefix("www."), of.email.rpartition("@")[2]} - {""}
    strange = [host for host in hosts if not any(host == one or host.endswith(f".{one}") for one in own)]
    if not _SHORT.isdisjoint(strange):
        yield "short-link"
    if len(strange) >= _MANY_LINKS or (strange and len(_LINK.sub(" ", text).split()) <= _FEW_WORDS):
        yield "links"


# Names --------------------------------------------------------------------------------------------------------------

_URL = re.compile(
    r"https?://|www\.|\b[a-z0-9\-]{2,}\.(?:com|net|org|ru|info|xyz|top|club|site|online|shop|biz|io|co|me|link|click)\b", re.I
)
# «RobertTox», «DavidHiesy», «HenrysepAW»: how programs make a name. «McDonald», «LeBlanc», «JeanPierre» are people's.
_MADE = re.compile(
    r"(?!(?:Mc|Mac|Le|La|De|Du|Des|Di|Da|Del|Van|Von|Fitz|Saint|Ben|El|Al|Jean|Marie|Anne|Ana|Maria|Pierre|Paul|Louis|Rose|Luc)[A-Z])"
    r"[A-Z][a-z]{3,}(?:[A-Z][a-z]{2,5}|[A-Z]{1,2})"
)
_SHORTEST_TWIN = 4


def _names(of: Spoken) -> Iterator[str]:
    names = [name for name in (of.name, of.given_name, of.family_name) if name]
    if any(_URL.search(name) for name in names):
        yield "name-link"
    if any(_is_mash(name, 3) for name in names):
        yield "name-mash"
    words = of.name.split()
    twin = len(words) == 2 and len(words[0]) >= _SHORTEST_TWIN and words[0].casefold() == words[1].casefold()
    if twin or _MADE.fullmatch(of.name) or (of.given_name and _MADE.fullmatch(of.given_name)):
        yield "name-made"


# Keyboards ----------------------------------------------------------------------------------------------------------

_ROWS = ("azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_RUNS = frozenset(
    row[start : start + size] for line in _ROWS for row in (line, line[::-1]) for size in (3, 4, 5) for start in range(len(row) - size + 1)
)
_VOWELS = frozenset("aeiouy")
_SHORTEST_MASH = 4
_LONGEST = 60  # of a word that is looked at


def _is_mash(text: str, most: int) -> bool:
    """Whether a text of at most `most` words is hammered on a keyboard, or drawn by lot."""
    words = text.split()
    if not words or len(words) > most:
        return False
    long = [word for word in words if len(word) >= _SHORTEST_MASH]
    return bool(long) and all(len(word) <= _LONGEST and _is_mashed(word) for word in long)


def _is_mashed(word: str) -> bool:
    letters = "".join(char for char in unicodedata.normalize("NFKD", word) if char.isascii() and char.isalpha())
    if len(letters) < _SHORTEST_MASH or len(letters) < 0.7 * len(word):
        return False
    if len(letters) >= 8 and sum(a.islower() and b.isupper() for a, b in itertools.pairwise(letters)) >= 3:
        return True  # kXwRtZqBnVm
    if word.isupper():
        return False  # SNCF, BNPPRS
    low = letters.lower()
    if _is_on_one_row(low) or _is_repeated(low):
        return True
    silent = len(low) >= 6 and _VOWELS.isdisjoint(low)
    return silent or _longest_silence(low) >= 7


def _is_on_one_row(low: str) -> bool:
    """Neighbours on a keyboard: five in a row, or four of five letters."""
    size = 5 if len(low) > 5 else 4
    return any(low[start : start + size] in _RUNS for start in range(len(low) - size + 1))


def _is_repeated(low: str) -> bool:
    """`asdasd`, `aaaaa`."""
    if len(low) >= 5 and len(set(low)) == 1:
        return True
    for size in (3, 4, 5):
        times, rest = divmod(len(low), size)
        if times >= 2 and not rest and low[:size] * times == low and low[:size] in _RUNS:
            return True
    return False


def _longest_silence(low: str) -> int:
    longest = run = 0
    for char in low:
        run = 0 if char in _VOWELS else run + 1
        longest = max(longest, run)
    return longest


# Addresses and numbers ----------------------------------------------------------------------------------------------

_DOTTING = frozenset({"gmail.com", "googlemail.com"})  # where dots change nothing
_MANY_DOTS = 4  # «m.c.d.p» are initials


def _mail(email: str) -> Iterator[str]:
    local, _, domain = email.rpartition("@")
    labels = domain.split(".")
    if any(".".join(labels[start:]) in _DISPOSABLE for start in range(len(labels) - 1)):
        yield "disposable"
    if domain in _DOTTING and local.partition("+")[0].count(".") >= _MANY_DOTS:
        yield "dotted"


@lru_cache(maxsize=1024)
def _can_be_called(number: str) -> bool:
    """Whether a number, as it is kept (`domain.fields.phone`, or as typed), may be somebody's. What is typed with words is not judged."""
    digits = "".join(filter(str.isdigit, number))
    if len(set(digits[-8:])) == 1 or "12345678" in digits:
        return False
    if not number.startswith("+"):
        return not re.fullmatch(r"[\d\s().\-/]{6,40}", number, re.ASCII)
    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(number)))
    except phonenumbers.NumberParseException:
        return False


# Scripts and words --------------------------------------------------------------------------------------------------

# Where another script than the Latin one is everybody's.
_OTHER_SCRIPTS = frozenset({
    "AE", "AF", "AM", "BA", "BD", "BG", "BH", "BT", "BY", "CN", "CY", "DJ", "DZ", "EG", "ER", "ET", "GE", "GR", "HK", "IL", "IN", "IQ",
    "IR", "JO", "JP", "KG", "KH", "KM", "KP", "KR", "KW", "KZ", "LA", "LB", "LK", "LY", "MA", "ME", "MK", "MM", "MN", "MO", "MR", "MV",
    "NP", "OM", "PK", "PS", "QA", "RS", "RU", "SA", "SD", "SO", "SY", "TD", "TH", "TJ", "TN", "TW", "UA", "YE",
})  # fmt: skip
_FEWEST_LETTERS = 12
_STRANGE = re.compile("[\u0370-\u1dff\u2c00-\ufaff\ufe70-\uffee]")


def _is_foreign(text: str, country: str) -> bool:
    """Whether most letters are of a script that is not that of the site's country."""
    if text.isascii() or not country or country in _OTHER_SCRIPTS:
        return False
    strange = sum(map(str.isalpha, _STRANGE.findall(text)))
    return strange >= _FEWEST_LETTERS and strange * 2 > sum(map(str.isalpha, text))


def _is_offered(plain: str) -> bool:
    """Whether what spam sells is offered: one strong phrase, or two of those that a buyer may use too, where nobody asks."""
    if _STRONG.search(plain):
        return True
    found = {match[0] for match in _SOFT.finditer(plain)}
    return len(found) >= 2 and not _ASKS.search(plain)
