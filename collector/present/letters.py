"""Letters to people whose data is kept, in their language: subject, plain text, simple HTML."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from .language import LANGUAGES, catalogue


class Letter(NamedTuple):
    """What a letter says."""

    subject: str
    text: str
    html: str


def language_of(*told: str) -> str:
    """The language for somebody of whom some are told, as `fr` or `fr-FR`, the surest first; English where none is ours."""
    return next((short for one in told if (short := one[:2].lower()) in LANGUAGES), LANGUAGES[0])


def link(url: str, site: str, language: str, *, days: int, by_person: bool = False) -> Letter:
    """The link by which somebody confirms their address. `by_person`: who keeps the data sends it of their own accord."""
    _ = catalogue(language).gettext
    names = {"site": site, "days": days}
    subject = _("What %(site)s knows about you") % names
    why = (
        _("%(site)s sends you this link so that you can see what it keeps about you.")
        if by_person
        else _("Somebody, probably you, asked on %(site)s to see what is kept about this e-mail address.")
    ) % names
    paragraphs = [
        why,
        _("Open this link to see it, take it with you, correct it or have it erased:"),
        _("The link lasts %(days)s days and works once. Then the page stays open for ten minutes.") % names,
        _("If you did not ask for it, do nothing: nobody sees anything without this link, and it ends by itself."),
    ]
    text = "\n\n".join([*paragraphs[:2], url, *paragraphs[2:]]) + "\n"
    told = [escape(one) for one in paragraphs]
    button = f'<p><a href="{escape(url)}">{escape(_("See what is kept about me"))}</a></p>'
    body = "".join([*(f"<p>{one}</p>" for one in told[:2]), button, *(f"<p>{one}</p>" for one in told[2:])])
    head = f'<head><meta charset="utf-8"><title>{escape(subject)}</title></head>'
    return Letter(subject, text, f'<!doctype html><html lang="{language}">{head}<body>{body}</body></html>')
