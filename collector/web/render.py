"""Pages from templates: one Jinja environment a language, so that no request can speak another's."""

from __future__ import annotations

import re
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ..present import dates, people, words
from ..present.language import LANGUAGES, NAMES, catalogue
from . import auth, house, nav, taste


class Look(NamedTuple):
    """What the frame of every page shows beside the page."""

    theme: str
    themes: dict[str, str]
    keys: bool
    screens: list[nav.Entry]
    tabs: list[nav.Entry]


_TEMPLATES = Path(__file__).parent / "templates"
# Signs that turn the direction of what follows (Unicode UAX #9): a name that holds one would turn the words of the screen beside it.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def _straight(value: Any) -> Any:
    """What a template shows, without the signs that turn it; files and the database keep them."""
    if isinstance(value, str) and not value.isascii() and _TURNS.search(value):
        return value.translate(dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
    return value


@cache
def environment(language: str) -> Environment:
    """The templates, speaking one language."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        finalize=_straight,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(catalogue(language), newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {"language": language, "languages": LANGUAGES, "language_names": NAMES}
    made.filters |= {
        "channel": lambda code: words.channel(code, language),
        "agent": lambda text: words.agent(text, language),
        "form_name": words.form,
        "form_sent": lambda key: words.sent(key, language),
        "on_page": lambda url: words.on_page(url, language),
        "page_name": lambda url: words.page(url, language),
        "moment": lambda ms, zone: dates.moment(ms, zone, language),
        "day": lambda ms, zone: dates.day(ms, zone, language),
        "clock": lambda ms, zone: dates.clock(ms, zone, language),
        "ago": lambda ms, now: dates.ago(ms, now, language),
        "uuid": lambda raw: str(UUID(bytes=raw)),
        "phone": words.phone,
        "phone_link": words.phone_link,
        "mail_link": words.mail_link,
        "duration": dates.duration,
        "iso": dates.iso,
        "said": catalogue(language).gettext,
        "number": lambda count: dates.number(count, language),
        "status": lambda code: words.say(people.STATUSES, code, language),
        "in_words": lambda text: catalogue(language).gettext(text),
        "say": lambda code, table: words.say(getattr(words, table), code, language),
    }
    made.tests["link"] = words.is_link
    made.globals["came_from"] = partial(words.came_from, language=language)
    return made


def language_of(request: Request) -> str:
    """The language of a request; set by the guard."""
    return str(getattr(request.state, "language", LANGUAGES[0]))


def page(request: Request, template: str, status: int = 200, headers: dict[str, str] | None = None, **view: Any) -> Response:
    """A page of the screens. `view` holds what the template shows; user, token and language are always there."""
    language = language_of(request)
    files = house.of(request).files
    body = (
        environment(language)
        .get_template(template)
        .render(
            **view,
            user=auth.user_of(request),
            token=auth.form_token(request),
            here=_here(request) if status < 400 else request.url.path,  # no error repeats a query: it may hold a token
            path=request.url.path,
            static=files.url,
            now=house.of(request).clock(),
            look=Look(taste.theme_of(request), taste.THEMES, taste.has_keys(request), nav.screens(request), nav.tabs(request)),
        )
    )
    response = HTMLResponse(body, status, headers)
    response.headers["Content-Language"] = language
    response.headers["Vary"] = "HX-Request, Cookie, Accept-Language"
    auth.keep_form_cookie(request, response)
    return response


def part(request: Request, template: str, **view: Any) -> str:
    """A part of a page as text, for who is told of changes; it holds no form."""
    return environment(language_of(request)).get_template(template).render(**view, now=house.of(request).clock())


def wants_fragment(request: Request) -> bool:
    """Whether htmx asked for a part of the page; a restored history entry needs the whole."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-history-restore-request") != "true"


def _here(request: Request) -> str:
    """The address to come back to after a change of language."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "") if request.method in ("GET", "HEAD") else "/"
