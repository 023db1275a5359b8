"""The settings: frozen, from the environment, then a TOML file, then a default; each knows where it came from."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path

from msgspec import Struct

from .domain import mail

PREFIX = "WEBLEADS_"

# name, default, help. The README's table is tested against this one.
SETTINGS: tuple[tuple[str, str, str], ...] = (
    (
        "database",
        "sqlite:///data/webleads.sqlite",
        "where everything is kept: sqlite:///file, sqlite:////absolute/file or postgresql://user@host/name",
    ),
    (
        "url",
        "",
        "the public address of the collector, such as https://stats.example.com; a Host outside it is then answered 421 on the screens",
    ),
    ("consent", "required", "what a page that says nothing of consent starts with: required, granted or off"),
    ("trusted_proxies", "", "addresses or networks, with commas, whose X-Forwarded-For is believed; empty: nobody's"),
    (
        "networks",
        "",
        "a file of networks (.mmdb) that you bring, by which the company of a visitor who agreed is looked up; empty: nobody's",
    ),
    (
        "smtp",
        "",
        "the mail server that takes letters to people who ask what is kept about them: smtp://user:password@host:587 or smtps://…;"
        " empty: none, and somebody copies the links",
    ),
    ("mail_from", "", "the address that these letters come from; needed with smtp, as url is"),
    (
        "seal",
        "",
        "a file of keys, for its owner alone; with them personal values are sealed once `webleads seal on` was said; empty: they are not",
    ),
    ("language", "en", "the language of screens and commands where nothing else says it: en or fr"),
    ("metrics_token", "", "whoever sends it as a bearer token may read /metrics; empty: nobody"),
    ("log_level", "info", "debug, info, warning or error; logs go to stderr, one JSON object a line"),
)


class BadSetting(ValueError):
    """A setting that cannot be; the message says which and why."""


class Settings(Struct, frozen=True):
    """Every setting, checked."""

    database: str
    url: str
    consent: str
    trusted_proxies: tuple[str, ...]
    networks: str
    smtp: str
    mail_from: str
    seal: str
    language: str
    metrics_token: str
    log_level: str
    origins: dict[str, str]  # name → environment | the file's name | default


def load(environ: Mapping[str, str] | None = None, *, database: str | None = None) -> Settings:
    """Reads the settings; `database` is what a command line said. Raises BadSetting."""
    environ = os.environ if environ is None else environ
    path = Path(environ.get(PREFIX + "CONFIG") or "webleads.toml")
    values, origins = _from_file(path, required=PREFIX + "CONFIG" in environ)
    for name, default, _help in SETTINGS:
        variable = PREFIX + name.upper()
        if variable in environ:
            values[name], origins[name] = environ[variable].strip(), "environment"
        values.setdefault(name, default)
        origins.setdefault(name, "default")
    if database:
        values["database"], origins["database"] = database, "command line"
    _check(values)
    proxies = tuple(part.strip() for part in values.pop("trusted_proxies").split(",") if part.strip())
    values["url"] = values["url"].rstrip("/")
    return Settings(**values, trusted_proxies=proxies, origins=origins)


def _from_file(path: Path, *, required: bool) -> tuple[dict[str, str], dict[str, str]]:
    try:
        found = tomllib.loads(path.read_text())
    except FileNotFoundError:
        if required:
            raise BadSetting(f"{path}: no such file") from None
        return {}, {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise BadSetting(f"{path}: {wrong}") from wrong
    known = [name for name, *_rest in SETTINGS]
    values: dict[str, str] = {}
    for name, value in found.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise BadSetting(f"{path}: there is no setting {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
        values[name] = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return values, dict.fromkeys(values, str(path))


def _check(values: dict[str, str]) -> None:
    _one_of(values, "consent", ("required", "granted", "off"))
    _one_of(values, "language", ("en", "fr"))
    _one_of(values, "log_level", ("debug", "info", "warning", "error"))
    for part in values["trusted_proxies"].split(","):
        try:
            ip_network(part.strip() or "::", strict=False)
        except ValueError:
            raise BadSetting(f"trusted_proxies: {part.strip()!r} is no address or network") from None
    _check_mail(values)
    if values["url"] and not values["url"].startswith(("http://", "https://")):
        raise BadSetting(f"url: {values['url']!r} must begin with http:// or https://")


def _check_mail(values: dict[str, str]) -> None:
    if values["mail_from"] and not mail.is_address(values["mail_from"]):
        raise BadSetting(f"mail_from: {values['mail_from']!r} is no e-mail address")
    if not values["smtp"]:
        return
    try:
        mail.relay(values["smtp"])
    except mail.BadRelay as wrong:
        raise BadSetting(f"smtp: {wrong}") from None
    if not values["mail_from"]:
        raise BadSetting("smtp: say with mail_from which address letters come from")
    if not values["url"]:  # a link in a letter leads where we say, never where a request's Host does
        raise BadSetting("smtp: say with url where the links in letters lead")


def _one_of(values: dict[str, str], name: str, allowed: tuple[str, ...]) -> None:
    if values[name] not in allowed:
        raise BadSetting(f"{name}: {values[name]!r} is none of {', '.join(allowed)}")
