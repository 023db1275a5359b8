"""The company of a lead: the registrable domain of its address, or of the network that it came from.

An address of a mail provider names nobody's company. The list of providers is our own; the owner may add to it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from importlib.resources import files

import phonenumbers

from .referrers import registrable

_DATA = json.loads(files(__package__).joinpath("companies.json").read_text("utf-8"))
# Where people have a mailbox that is nobody's company: providers of the world, of France and her neighbours, throw-away addresses.
FREE_MAIL = frozenset(_DATA["free_mail"])
# Words of the names of those who connect people or house machines: their network is nobody's company.
_CARRIERS = frozenset(_DATA["carriers"])
_CARRIER_NAMES = tuple(_DATA["carrier_names"])
_CARRIER_KINDS = frozenset(_DATA["carrier_kinds"])


def domain_of(email: str) -> str:
    """What follows the @, as it is kept: empty where there is none."""
    return email.rpartition("@")[2] if "@" in email else ""


def is_free_mail(domain: str, more: Collection[str] = ()) -> bool:
    """Whether a domain of addresses is a mail provider's; `more` are further ones."""
    labels = domain.split(".")
    wider = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    return not FREE_MAIL.isdisjoint(wider) or not set(more).isdisjoint(wider)


def of_email(email: str, more: Collection[str] = ()) -> str:
    """The company's domain by an address, or empty: a mail provider's names none."""
    domain = domain_of(email)
    if not domain or is_free_mail(domain, more):
        return ""
    found = registrable(domain)
    return found if "." in found and not is_free_mail(found, more) else ""


def work_address(addresses: Sequence[str], more: Collection[str] = ()) -> str:
    """Of somebody's addresses the first that is no mail provider's, else the first."""
    return next((one for one in addresses if (domain := domain_of(one)) and not is_free_mail(domain, more)), next(iter(addresses), ""))


# Where the tables of networks that there are keep what we ask: MaxMind's, IPinfo's, DB-IP's, and what is built after them.
_RECORD_NAMES = ("organization", "company.name", "name", "as_name", "asn.name", "autonomous_system_organization", "isp")
_RECORD_DOMAINS = ("company.domain", "as_domain", "asn.domain", "domain")
_RECORD_KINDS = ("user_type", "company.type", "asn.type", "as_type", "type", "connection_type")


def of_record(record: object) -> str:
    """The company by a row of a table of networks, however it is laid out; empty for carriers, hosting, and what cannot be read."""
    if not isinstance(record, dict):
        return ""
    told = {**record, **_part(record, "traits")}
    if told.get("is_hosting_provider") or told.get("is_anonymous") or told.get("is_residential_proxy"):
        return ""
    kinds = [text.lower() for key in _RECORD_KINDS if (text := _text(told, key))]
    names, domain = [text for key in _RECORD_NAMES if (text := _text(told, key))], ""
    for key in _RECORD_DOMAINS:
        domain = domain or _text(told, key)
    kind = next((one for one in kinds if one in _CARRIER_KINDS), "")
    return of_network(names[0] if names else "", domain, kind)


def _text(record: dict[str, object], key: str) -> str:
    """`company.name`: the value of `name` in the part `company`, if it is a text."""
    part, _, name = key.rpartition(".")
    value = (_part(record, part) if part else record).get(name)
    return value[:200] if isinstance(value, str) else ""


def _part(record: dict[str, object], name: str) -> dict[str, object]:
    found = record.get(name)
    return found if isinstance(found, dict) else {}


@lru_cache(4096)
def of_network(name: str, domain: str, kind: str) -> str:
    """The company by what a table of networks says of an address: its domain, else its name; empty for carriers and hosting."""
    if kind.lower() in _CARRIER_KINDS or is_carrier(name) or is_carrier(domain.partition(".")[0]):
        return ""
    host = registrable(domain) if domain else ""
    if is_free_mail(host):
        return ""
    return host or " ".join(name.split())[:100]


def is_carrier(name: str) -> bool:
    """Whether the name of a network is that of somebody who connects people or houses machines."""
    told = name.lower()
    words = set(re.split(r"[^a-z0-9&]+", told))
    return bool(words & _CARRIERS) or any(part in told for part in _CARRIER_NAMES)


# Codes of countries that anybody takes for other ends.
_NO_COUNTRY = frozenset({"ai", "app", "cc", "co", "eu", "fm", "gg", "io", "la", "ly", "me", "sh", "so", "tk", "to", "tv", "ws"})


@lru_cache(4096)
def country_of(phone: str, email: str) -> str:
    """The country of a phone number, else that of an address's domain: `FR`, or empty."""
    try:
        if region := phonenumbers.region_code_for_number(phonenumbers.parse(phone)):
            return str(region)
    except phonenumbers.NumberParseException:
        pass
    code = domain_of(email).rpartition(".")[2]
    return {"uk": "GB"}.get(code, code.upper()) if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY else ""
