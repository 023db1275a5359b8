"""Sealing: a personal value that only the holder of a key file can read.

AES-SIV (RFC 5297) is deterministic: an equal value of the same column has an equal sealed form, so that it can be looked for. The
column's name is its associated data: equal values of two columns do not look alike, and none can be moved to another. A sealed text
is `\\x1f`, the key's name (4 characters) and base64url; no text that is kept holds that control character otherwise.
"""

from __future__ import annotations

import hmac
import re
from base64 import b64decode, urlsafe_b64encode
from binascii import Error as NoBase64
from collections.abc import Iterable, Iterator

MARK = "\x1f"
SIZE = 64  # bytes of a key
NAME = 4  # characters of a key's name
SHORTEST, LONGEST = 3, 12  # characters of a word's beginnings that are found
TOKEN = 8  # bytes
_HEAD = 1 + NAME
_PHONE = re.compile(r"\+\d{6,15}", re.ASCII)
_PARTS = re.compile(r"[^\W_]+")


class BadSeal(ValueError):
    """A sealed value that this key does not open: another key's, or tampered with."""


class BadKeys(ValueError):
    """A text that is no list of keys; the message says why."""


class Key:
    """One key of the file. What it is used for has keys of its own, so that none tells of another."""

    def __init__(self, raw: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV

        self._siv = AESSIV(hmac.digest(raw, b"webleads seal 1", "sha512"))
        self._words = hmac.digest(raw, b"webleads words 1", "sha256")
        self.name = urlsafe_b64encode(hmac.digest(raw, b"webleads name 1", "sha256")[:3]).decode()

    def seal_bytes(self, place: str, value: bytes) -> bytes:
        """The sealed form of a value that is not empty, of a column such as `lead.name`."""
        return (MARK + self.name).encode() + self._siv.encrypt(value, [place.encode()])

    def open_bytes(self, place: str, sealed: bytes) -> bytes:
        """The value again. Raises BadSeal."""
        return self._decrypt(place, sealed[_HEAD:])

    def seal(self, place: str, value: str) -> str:
        """As `seal_bytes`, of a text."""
        sealed = self._siv.encrypt(value.encode("utf-8", "surrogatepass"), [place.encode()])
        return MARK + self.name + urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open(self, place: str, sealed: str) -> str:
        """The text again. Raises BadSeal."""
        text = sealed[_HEAD:]
        try:
            raw = b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
        except (NoBase64, ValueError) as wrong:
            raise BadSeal(place) from wrong
        return self._decrypt(place, raw).decode("utf-8", "surrogatepass")

    def _decrypt(self, place: str, raw: bytes) -> bytes:
        from cryptography.exceptions import InvalidTag

        try:
            return self._siv.decrypt(raw, [place.encode()])
        except (InvalidTag, ValueError) as wrong:
            raise BadSeal(place) from wrong

    def token(self, account: int, word: str) -> bytes:
        """What stands in the blind index for a word, or the beginning of one."""
        return hmac.digest(self._words, f"{account} {word}".encode(), "sha256")[:TOKEN]


def parse(text: str) -> list[bytes]:
    """The keys of a file, the newest first: one a line in hexadecimal; `#` begins a remark. Raises BadKeys."""
    keys = []
    for place, line in enumerate(text.splitlines(), 1):
        bare = line.partition("#")[0].strip()
        try:
            raw = bytes.fromhex(bare)
        except ValueError as wrong:
            raise BadKeys(f"line {place} is not hexadecimal") from wrong
        if bare and len(raw) != SIZE:
            raise BadKeys(f"line {place} has {len(raw)} bytes, a key has {SIZE}")
        if bare:
            keys.append(raw)
    if not keys:
        raise BadKeys("there is no key in it")
    return keys


def name_of(sealed: str) -> str | None:
    """The name of the key that a text is sealed with; None where it is open."""
    return sealed[1:_HEAD] if sealed[:1] == MARK else None


def name_of_bytes(sealed: bytes) -> str | None:
    """The same of bytes."""
    return sealed[1:_HEAD].decode("ascii", "replace") if sealed[:1] == MARK.encode() else None


def words(whole: str, begun: str) -> set[str]:
    """What finds a row: every word of the folded text `whole`; of `begun` beginnings too, and a phone number with
    or without its country's code."""
    found = set(_words(whole))
    for word in _words(begun):
        found.add(word)
        found.update(word[:end] for end in range(SHORTEST, min(len(word), LONGEST) + 1))
    for word in begun.split():
        if _PHONE.fullmatch(word):
            for national in (word[2:], word[3:], word[4:]):  # a country's code has 1 to 3 digits
                found.update(national[:end] for end in range(4, len(national) + 1))
    return found


def _words(text: str) -> Iterator[str]:
    """Words between blanks, their parts, and the domain of an address."""
    for word in text.split():
        yield word
        yield from _PARTS.findall(word)
        _local, at, domain = word.rpartition("@")
        if at:
            yield domain


def tokens(keys: Iterable[Key], account: int, word: str) -> list[bytes]:
    """What to look for in the blind index, whichever key it was written with."""
    return [key.token(account, word) for key in keys]
