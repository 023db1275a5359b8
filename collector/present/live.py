"""Words about visits that are going on."""

from __future__ import annotations

from . import words
from .language import catalogue, locale


def country(tag: str, language: str) -> str:
    """The country of a browser's language: `fr-CA` is Canada; the language's own name where no country is told."""
    short, _sign, place = tag.replace("_", "-").partition("-")
    region = next((part.upper() for part in place.split("-") if len(part) == 2 and part.isalpha()), "")
    names = locale(language)
    return str(names.territories.get(region) or names.languages.get(short.lower()) or "")


def device(code: str, language: str) -> str:
    """`computer`, `phone`, `tablet`; empty where it is not known."""
    said = words.DEVICES.get(code, "")
    return catalogue(language).gettext(said) if said else ""


def bars(minutes: list[int], height: int) -> list[int]:
    """How high each minute's bar is drawn, at most `height`; what is not nothing is seen."""
    most = max([*minutes, 1])
    return [max(1, round(height * n / most)) if n else 0 for n in minutes]
