"""Visitors as the collector meets them: what their tags send, event by event."""

from __future__ import annotations

import json
from random import Random
from typing import Any
from uuid import UUID

from msgspec import Struct

from collector.domain.privacy import coarse_id
from collector.domain.protocol import EXACT
from collector.store import ids

SITE = 42
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
_FAMILIES = ("Moreau", "Lefèvre", "O'Neil", "Garcia", "Petit", "Nguyen", "Dubois", "Roux")
_WAYS = (
    ("?utm_source=lettre&utm_medium=email&utm_campaign=rentree", ""),
    ("?gclid=Cj0KCQjw", "https://www.google.fr/"),
    ("", "https://www.google.com/"),
    ("", "https://www.linkedin.com/"),
    ("", ""),
)
_CONTEXT = {"screen": "1920x1080", "viewport": "1280x900", "language": "fr-FR", "zone": "Europe/Paris", "tag": "0.1.0", "automated": 0}


class Item(Struct, eq=False):
    """An event on its way, and what its batch must say (`head`); a form of audience mode travels `alone`."""

    head: str
    event: dict[str, Any]
    alone: bool = False

    @property
    def stored(self) -> bytes:
        """Its id as the collector keeps it: of audience mode without the time."""
        identity = UUID(self.event["id"]).bytes
        return identity if '"visitor": null' not in self.head or self.event["type"] in EXACT else coarse_id(identity)


def body(items: list[Item], sent: int) -> bytes:
    """The batch of items with the same head, sent at `sent` (ms)."""
    return f'{{"v":1,{items[0].head},"sent":{sent},"events":{json.dumps([item.event for item in items])}}}'.encode()


class Visitor:
    """One browser. Seven of ten agree at once, one of ten after landing, two never do."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self._name = self._text(22)
        self._consent = dice.choices(("granted", "later", "unset"), (7, 1, 2))[0]
        self.email = f"{self._text(8).lower()}@client.example"
        self._submitted = ""
        self._last_form: list[dict[str, Any]] = []
        self._page, self._n, self._url, self._referrer = "", 0, "https://example.com/", ""
        self._path, self._referrer = dice.choice(_WAYS)
        self._url += self._path

    def _text(self, length: int) -> str:
        return "".join(self._dice.choices(_LETTERS, k=length))

    def step(self) -> list[Item]:
        """The next thing that this visitor does, as events."""
        if not self._page:
            return self._view()
        if self._consent == "later":
            return self._grant()
        doing = self._dice.choices((self._view, self._engage, self._click, self._form, self._result), (4, 5, 1, 3, 2))[0]
        return doing()

    def _item(self, kind: str, /, **data: Any) -> Item:
        at = ids.now()
        leads = self._consent == "granted"
        event: dict[str, Any] = {"id": str(UUID(bytes=ids.uuid7(at))), "type": kind, "at": at, "url": self._url}
        alone = kind.startswith("form_") and not leads
        if alone:
            event["url"] = self._url.split("?")[0]
        else:
            self._n += 1
            event |= {"n": self._n, "page": self._page}
        head = {"site": SITE, "visitor": self._name if leads else None, "consent": "granted" if leads else "unset", "context": _CONTEXT}
        return Item(json.dumps(head)[1:-1], event | data, alone)

    def _view(self, **data: Any) -> list[Item]:
        if self._page:
            self._referrer, self._url = self._url, f"https://example.com/services/{self._dice.randrange(12)}"
        self._page, self._n = self._text(12), 0
        return [self._item("view", referrer=self._referrer, title="Nos services", nav="load", **data)]

    def _grant(self) -> list[Item]:
        self._consent = "granted"
        agreed = self._item("consent", state="granted", purpose="tracking", language="fr", how="api", proof=self._text(43))
        return [agreed, self._item("view", referrer=self._referrer, title="Nos services", nav="load", again=1)]

    def _engage(self) -> list[Item]:
        return [self._item("engage", ms=self._dice.randrange(200, 15_000), scroll=self._dice.randrange(101))]

    def _click(self) -> list[Item]:
        return [self._item("click", kind="phone", href="tel:+33123456789", text="Appelez-nous")]

    def _form(self) -> list[Item]:
        """A contact request; one of four is sent twice, as by a double click."""
        if not self._last_form or self._dice.random() < 0.75:
            self._last_form = [
                {"name": "nom", "label": "Votre nom", "type": "text", "autocomplete": "name", "value": self._dice.choice(_FAMILIES)},
                {"name": "email", "label": "Adresse e-mail", "type": "email", "autocomplete": "email", "value": self.email},
                {"name": "message", "label": "Message", "type": "textarea", "value": f"Un devis, s'il vous plaît ({self._text(5)})"},
                {"name": "optin", "type": "checkbox", "checked": 1, "text": "J'accepte de recevoir la newsletter"},
            ]
        self._submitted = self._text(16)
        start = self._item("form_start", form="contact", field="nom")
        sent = {"form": "contact", "submission": self._submitted, "how": "submit", "action": "https://example.com/merci"}
        return [start, self._item("form_submit", **sent, fields=self._last_form)]

    def _result(self) -> list[Item]:
        if not self._submitted:
            return self._engage()
        token, self._submitted = self._submitted, ""
        result = self._dice.choices(("confirmed", "failed", "unknown"), (6, 2, 2))[0]
        return [self._item("form_result", submission=token, result=result, by="node")]
