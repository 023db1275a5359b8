"""A page of the lab: its own head, in a comment, says what is done on it and what must arrive. The rest is the page.

<!--lab
from: jQuery Validation 1.22            the library, or the facts that the page is staged from
do: fill [name=email] jeanne@…          in order; without any: e-mail and message are filled, #go is clicked
answer: /envoi 422 <p>Non</p>           what the page's server answers to a POST there (else 303 to /merci)
one: {"email": "jeanne@…"}              exactly one submission counts, and these values are in it
none: invalid                           nothing counts, and why
sent: 2                                 sendings that are told, where one is refused before (else 1)
result: confirmed                       what became of it, where a page shows that
how: script                             how it was sent, where that is the point
head: granted                           the tag's data-consent; `no tag` where the page brings its own
-->
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "pages"
EMAIL, MESSAGE = "jeanne@exemple.fr", "Bonjour, rappelez-moi"
FIELDS = (
    "<p><label for=email>Votre e-mail</label> <input id=email type=email name=email></p>\n"
    "<p><label>Votre message <textarea name=message></textarea></label></p>"
)
_DO = (f"fill [name=email] {EMAIL}", f"fill [name=message] {MESSAGE}", "click #go")


@dataclass
class LabPage:
    """One page and what must arrive from it."""

    name: str
    source: str = ""
    steps: list[str] = field(default_factory=list)
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)  # path → status, text
    one: dict[str, str] | None = None  # values by field name
    none: str = ""
    sent: int = 1
    result: str = ""
    how: str = ""
    head: str = "granted"
    body: str = ""

    @property
    def kind(self) -> str:
        """plain, library (as npm delivers it) or staged from the facts."""
        if self.source.startswith("staged"):
            return "staged"
        return "library" if "/npm/" in self.body or "/built/" in self.body else "plain"

    def told_by(self, engine: str) -> LabPage:
        """The same page with a person and words of its own: the collector knows the same words, told twice, for one submission."""

        def own(text: str) -> str:
            return text.replace("jeanne@", f"{self.name}.{engine}@").replace(MESSAGE, f"{MESSAGE} ({self.name}, {engine})")

        answers = {path: (status, own(text)) for path, (status, text) in self.answers.items()}
        values = None if self.one is None else {name: own(value) for name, value in self.one.items()}
        return replace(self, steps=[own(step) for step in self.steps], answers=answers, one=values, body=own(self.body))


@cache
def pages() -> dict[str, LabPage]:
    """All of them, by name."""
    return {path.stem: read(path.stem, path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.html"))}


def read(name: str, text: str) -> LabPage:
    """A page from its file. A line that means nothing is a mistake."""
    head, _, body = text.partition("-->")
    page = LabPage(name, body=body.replace("{{fields}}", FIELDS).replace("{{go}}", "<button id=go>Envoyer</button>"))
    for line in head.strip().splitlines()[1:]:
        key, _, value = line.strip().partition(": ")
        match key:
            case "from":
                page.source = value
            case "do":
                page.steps.append(value)
            case "answer":
                path, status, told = (*value.split(" ", 2), "")[:3]
                page.answers[path] = (int(status), told)
            case "one":
                page.one = json.loads(value)
            case "sent":
                page.sent = int(value)
            case "none" | "result" | "how" | "head":
                setattr(page, key, value)
            case _:
                raise ValueError(f"{name}: {line}")
    assert (page.one is None) == bool(page.none), f"{name}: either one or none"
    page.steps = page.steps or list(_DO)
    return page
