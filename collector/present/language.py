"""The two languages of the screens: which one to speak, and its catalogue."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

from babel import Locale
from babel.core import negotiate_locale

LANGUAGES = ("en", "fr")
NAMES = {"en": "English", "fr": "Français"}
_LOCALES = {"en": "en_GB", "fr": "fr_FR"}
_CATALOGUES = Path(__file__).parent.parent / "locale"


def N_(message: str) -> str:
    """Marks a text for the catalogue; it is translated where it is shown."""
    return message


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; English is the source text, so its catalogue is empty."""
    if language not in LANGUAGES[1:]:
        return gettext.NullTranslations()
    return gettext.translation("messages", _CATALOGUES, [language])


@cache
def locale(language: str) -> Locale:
    """What Babel needs to write dates and numbers."""
    return Locale.parse(_LOCALES.get(language, _LOCALES["en"]))


def choose(chosen: str, cookie: str, accepted: str, default: str = LANGUAGES[0]) -> str:
    """The language to speak: the user's choice, then the cookie's, then `Accept-Language`, then the default."""
    for known in (chosen, cookie):
        if known in LANGUAGES:
            return known
    return negotiate_locale(_ranges(accepted), LANGUAGES, sep="-") or default


def _ranges(accepted: str) -> list[str]:
    """The languages of an Accept-Language header, the best first; what is no language tag is left out."""
    weighed: list[tuple[float, str]] = []
    for part in accepted[:200].split(","):
        name, _, weight = part.strip().partition(";q=")
        tag = name.split("-")[0].strip().lower()
        try:
            weighed.append((-float(weight or 1), tag))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(weighed, key=lambda pair: pair[0]) if weight < 0 and tag.isascii() and tag.isalpha()]
