"""Why an arrival has its channel: what its address and its referrer said, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..domain import channels, sources
from ..domain.referrers import known
from . import words
from .language import N_, catalogue

Row = Mapping[str, Any]

CATEGORIES = {
    "search": N_("a search engine"),
    "social": N_("a social network"),
    "video": N_("a video platform"),
    "shopping": N_("a shopping site"),
    "ai": N_("an AI assistant"),
    "email": N_("a mailbox"),
}


def because(touch: Row, language: str) -> str:
    """Which rule gave a touch its channel, and what the rule went by: the end of a sentence."""
    _ = catalogue(language).gettext
    host = touch["referrer"]
    source, medium, campaign, click = sources.told(touch["landing"], host)
    if channels.channel(source, medium, campaign, host, click) != touch["channel"]:
        return _("an earlier list of sources said so")
    rule = channels.rule_of(source, medium, campaign, host, click)
    told = {"source": source, "medium": medium, "campaign": campaign, "click": click, "host": host}
    if rule == "site":
        return _site(host, source, language)
    if rule == "click":
        return _("its address carried “%(click)s”, the click id of %(network)s") % {
            "click": click,
            "network": channels.CLICKS[click][0].capitalize(),
        }
    return _(_RULES[rule]) % told


_RULES = {
    "nothing": N_("nothing was said: no link led to it and its address carried no campaign"),
    "said": N_("its address said so itself"),
    "campaign": N_("its address named the campaign “%(campaign)s”"),
    "medium": N_("its address carried the medium “%(medium)s” and the source “%(source)s”"),
    "source": N_("its address named the source “%(source)s”"),
    "referrer": N_("a link on %(host)s led to it, which is on none of our lists of engines, networks and shops"),
    "none": N_("its address carried campaign tags that fit no channel (source “%(source)s”, medium “%(medium)s”): a fault of tagging"),
}


def _site(host: str, source: str, language: str) -> str:
    _ = catalogue(language).gettext
    category, name = known(host)
    if host and source == name:
        what = _(CATEGORIES[category]) if category in CATEGORIES else _("known to us")
        return _("a link on %(host)s led to it, which is %(what)s") % {"host": host, "what": what}
    return _("its address named the source “%(source)s”, which we know") % {"source": source}


def sentence(touch: Row, which: str, language: str) -> str:
    """Why the `first`, the `last` or the `only` touch of a lead is what it is."""
    _ = catalogue(language).gettext
    origin = words.came_from(touch["channel"], touch["source"], touch["medium"], touch["campaign"], language)
    said = {
        "only": _("Its arrival was %(origin)s, because %(why)s."),
        "first": _("Its first arrival was %(origin)s, because %(why)s."),
        "last": _("Its last arrival was %(origin)s, because %(why)s."),
    }[which]
    return said % {"origin": origin, "why": because(touch, language)}
