"""The French catalogue brought up to date: `make i18n`. Says which texts have no French yet, and ends with 1 if any."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from collector.present import language

COLLECTOR = Path(language.__file__).parent.parent
FRENCH = COLLECTOR / "locale" / "fr" / "LC_MESSAGES"
_METHODS = [("web/**.py", "python"), ("present/**.py", "python"), ("web/templates/**.html", "jinja2")]
_OPTIONS = {"web/templates/**.html": {"trimmed": "true", "encoding": "utf-8"}}


def extracted() -> Catalog:
    """Every text of the screens, in English."""
    made = Catalog()
    for _file, _line, message, _comments, context in extract_from_dir(COLLECTOR, _METHODS, _OPTIONS, directory_filter=lambda _path: True):
        made.add(message, context=context)
    return made


def written() -> Catalog:
    """The French catalogue as it is kept."""
    with (FRENCH / "messages.po").open("rb") as file:
        return read_po(file, locale="fr")


def update() -> list[str]:
    """Adds new texts, drops those that are gone, compiles. Answers the texts without French."""
    kept = written()
    dates = kept.creation_date, kept.revision_date
    kept.update(extracted(), no_fuzzy_matching=True, update_header_comment=False)
    kept.obsolete.clear()
    kept.creation_date, kept.revision_date = dates  # no dates that change by themselves
    kept.project, kept.version, kept.msgid_bugs_address = "webleads-tracker", "1", "none"
    kept.last_translator = kept.language_team = "none"
    with (FRENCH / "messages.po").open("wb") as file:
        write_po(file, kept, width=0, no_location=True)
    with (FRENCH / "messages.mo").open("wb") as file:
        write_mo(file, kept)
    return [str(message.id) for message in kept if message.id and not all(message.string if message.pluralizable else [message.string])]


if __name__ == "__main__":
    missing = update()
    sys.stderr.writelines(f"no French yet: {text}\n" for text in missing)
    sys.exit(bool(missing))
