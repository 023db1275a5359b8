"""Letters to people whose data is kept and to those who work with it, in their language: subject, plain text, simple HTML."""

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
    return _letter(
        language,
        subject,
        [why, _("Open this link to see it, take it with you, correct it or have it erased:")],
        (_("See what is kept about me"), url),
        [
            _("The link lasts %(days)s days and works once. Then the page stays open for ten minutes.") % names,
            _("If you did not ask for it, do nothing: nobody sees anything without this link, and it ends by itself."),
        ],
    )


def invitation(url: str, language: str, *, by: str, days: int) -> Letter:
    """The link by which somebody who was invited chooses a password; `by` is the address of who invites."""
    _ = catalogue(language).gettext
    names = {"who": by, "days": days}
    why = _("%(who)s invites you to Webleads Tracker, where the leads of your websites are kept with the way that led to them.")
    return _letter(
        language,
        _("Your invitation to Webleads Tracker"),
        [why % names, _("Open this link and choose a password:")],
        (_("Join"), url),
        [
            _("The link lasts %(days)s days and works once.") % names,
            _("If you do not know who invites you, do nothing: the link ends by itself."),
        ],
    )


def reset(url: str, language: str, *, by: str, days: int) -> Letter:
    """The link by which somebody chooses another password; `by` is the address of who made it."""
    _ = catalogue(language).gettext
    names = {"who": by, "hours": 24 * days}
    return _letter(
        language,
        _("Another password for Webleads Tracker"),
        [_("%(who)s made a link for you to choose another password.") % names, _("Open it here:")],
        (_("Choose another password"), url),
        [
            _("The link lasts %(hours)s hours and works once. Your old password works until then.") % names,
            _("If you did not ask for it, do nothing, and tell %(who)s.") % names,
        ],
    )


def _letter(language: str, subject: str, before: list[str], button: tuple[str, str], after: list[str]) -> Letter:
    said, url = button
    text = "\n\n".join([*before, url, *after]) + "\n"
    told = "".join(f"<p>{escape(one)}</p>" for one in before)
    rest = "".join(f"<p>{escape(one)}</p>" for one in after)
    body = f'{told}<p><a href="{escape(url)}">{escape(said)}</a></p>{rest}'
    head = f'<head><meta charset="utf-8"><title>{escape(subject)}</title></head>'
    return Letter(subject, text, f'<!doctype html><html lang="{language}">{head}<body>{body}</body></html>')
