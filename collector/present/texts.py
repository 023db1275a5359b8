"""The consent text and the privacy paragraph of a site, written from its settings: each sentence follows from one, so that what is
said and what is done cannot differ. What no setting knows stands in [brackets], for the controller to fill in.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct, to_builtins

from ..domain import privacy
from ..domain.retention import Limit
from . import retention
from .language import catalogue

UNNAMED = ("", "main")  # the first account's name, before somebody gives it one
MONTH = 30.4 * 86_400  # seconds


class Facts(Struct, frozen=True):
    """The settings that the texts follow from."""

    account: str
    domain: str
    consent: str  # required | granted | off
    reason: str  # why consent is taken as granted
    kept: tuple[str, ...]  # URL parameters
    limits: dict[str, Limit]  # of this site, by kind
    url: str  # the collector's public address
    companies: bool  # whether a visitor's network is looked up
    letters_by: str = ""  # the host by which e-mail is sent; empty: none is
    dnt: bool = True  # whether Do Not Track is a refusal


class Part(Struct, frozen=True):
    """A heading with its sentences."""

    title: str
    sentences: tuple[str, ...]


class Texts(Struct, frozen=True):
    """Both texts in one language; `version` changes with any word, `open` are the brackets that are left."""

    language: str
    version: str
    title: str
    consent: str
    privacy: tuple[Part, ...]
    open: tuple[str, ...]


def facts(site: dict[str, Any], account: str, limits: dict[str, Limit], url: str, **more: Any) -> Facts:
    """The facts of a site's row."""
    given = {name: site[name] for name in ("domain", "consent", "reason")}
    return Facts(account=account, kept=tuple(site["kept"]), limits=limits, url=url.rstrip("/"), **given, **more)


def host_of(server: str) -> str:
    """The host of a mail server's address, without its password; empty where there is none."""
    return urlsplit(server).hostname or ""


def write(known: Facts, language: str) -> Texts:
    """Both texts."""
    said = _Writer(known, language)
    parts = tuple(Part(title, tuple(one for one in sentences if one)) for title, sentences in said.parts())
    title, consent = said.title(), said.consent()
    whole = "\n".join([title, consent, *(line for part in parts for line in (part.title, *part.sentences))])
    version = f"{language}-{sha256(whole.encode()).hexdigest()[:8]}"
    return Texts(language, version, title, consent, parts, tuple(said.open))


def plain(made: Texts) -> dict[str, Any]:
    """The texts as JSON has them."""
    return dict(to_builtins(made))


def privacy_text(made: Texts) -> str:
    """The privacy paragraph, to paste."""
    return "\n\n".join(f"{part.title}\n{' '.join(part.sentences)}" for part in made.privacy)


def as_text(made: Texts) -> str:
    """Everything, to read in a terminal."""
    _ = catalogue(made.language).gettext
    version = _("Version %(version)s") % {"version": made.version}
    left = "\n\n" + _("Yours to fill in:") + "\n" + "\n".join(made.open) if made.open else ""
    return f"{made.title}\n{made.consent}\n\n{privacy_text(made)}\n\n{version}{left}"


class _Writer:
    """The sentences of one site in one language."""

    def __init__(self, known: Facts, language: str) -> None:
        self.known = known
        self.language = language
        self.open: list[str] = []
        self._ = catalogue(language).gettext

    def span(self, kind: str) -> str:
        """How long a kind is kept."""
        return retention.span(self.known.limits[kind], self.language)

    def cookie_life(self) -> str:
        """How long the cookie lives."""
        return retention.span((round(privacy.COOKIE_LIFE / MONTH), 0), self.language)

    def left(self, words: str) -> str:
        """A bracket for what no setting knows."""
        bracket = f"[{words}]"
        if bracket not in self.open:
            self.open.append(bracket)
        return bracket

    def title(self) -> str:
        """Above the consent text."""
        return self._("May we remember your visits?")

    def consent(self) -> str:
        """What is asked."""
        _ = self._
        told = {"domain": self.known.domain, "cookie": privacy.COOKIE, "life": self.cookie_life(), "history": self.span("history")}
        asked = _(
            "If you accept, %(domain)s keeps a random number on your device (cookie %(cookie)s, %(life)s) and remembers your visits"
            " for %(history)s, to know which pages and campaigns led you to us; if you send us a form, they are joined to it."
        )
        refused = {
            "required": _("If you refuse, nothing is kept on your device, and pages are counted without knowing whose visit it is."),
            "granted": _("If you refuse, nothing is kept on your device, and pages are counted without knowing whose visit it is."),
            "off": _("If you refuse, nothing is kept on your device and nothing is sent."),
        }[self.known.consent]
        return " ".join((asked % told, refused, _("You can change your mind at any time.")))

    def parts(self) -> list[tuple[str, list[str]]]:
        """The privacy paragraph: headings and sentences."""
        _ = self._
        return [
            (_("Who measures"), self.who()),
            (_("Before you accept, or if you refuse"), self.without()),
            (_("Once you have accepted"), self.with_consent()),
            (_("Forms that you send"), self.forms()),
            (_("Signals of your browser"), [self.signals()]),
            (_("Your rights"), self.rights()),
        ]

    def who(self) -> list[str]:
        """The controller, the place, and who else."""
        _, known = self._, self.known
        name = known.account if known.account not in UNNAMED else self.left(_("name and address of the controller"))
        host = urlsplit(known.url).hostname or known.url
        told = {"name": name, "domain": known.domain, "host": host}
        return [
            _("%(name)s measures the visits of %(domain)s with Webleads Tracker, on its own server (%(host)s).") % told,
            _("The data are stored at %(place)s.") % {"place": self.left(_("hosting provider and country"))},
            _("The software hands them to no third party, follows nobody to the sites of others, and keeps no IP address."),
            _("Messages of a browser that could not be used are kept for %(refused)s, to find faults.") % {"refused": self.span("refused")},
        ]

    def without(self) -> list[str]:
        """What happens without consent."""
        _, known = self._, self.known
        if known.consent == "off":
            return [_("Nothing is kept on your device, and nothing is sent: no page and no form.")]
        told = {"audience": self.span("audience")}
        counted = [
            _(
                "We count pages: which one, from which site or campaign, how long and how far it was read, and which links, files and"
                " contacts were clicked."
            ),
            _("For this nothing is kept on your device, you get no number, and times are kept to a quarter of an hour only."),
            _("If you refuse in our banner, it remembers that (webleads_choice), so as not to ask again."),
            _("These counts are never joined to a person; they are kept for %(audience)s.") % told,
            _(
                "Purpose: statistics of our own pages. Legal basis: our legitimate interest (GDPR, article 6(1)(f)); no consent is"
                " needed for them (French Data Protection Act, article 82)."
            ),
        ]
        if known.consent == "required":
            return counted
        reason = known.reason.rstrip(". ") or self.left(_("where and how consent is given"))
        return [_("Your consent is given elsewhere: %(reason)s.") % {"reason": reason}, _("If you refuse:"), *counted]

    def with_consent(self) -> list[str]:
        """What happens with consent."""
        _, known = self._, self.known
        told = {"cookie": privacy.COOKIE, "life": self.cookie_life(), "stored": privacy.STORED, "hours": privacy.QUEUE_HOURS}
        parameters = {"names": ", ".join(known.kept)}
        return [
            _(
                "We keep the pages that you see and how you read them, the site, campaign or advertisement that you came from, the"
                " links, files and contacts that you click, and your browser, system, kind of device and language."
            ),
            _("Of the pages’ addresses we also keep these parameters: %(names)s.") % parameters if known.kept else "",
            _("The cookie %(cookie)s holds a random number for %(life)s; a visit does not prolong it.") % told,
            _(
                "The browser’s storage (names that begin with %(stored)s) holds your consent, a secret that opens your own page, and"
                " for at most %(hours)s hours what could not be sent."
            )
            % told,
            _("When you send a form or sign in, these visits are joined to you, and points by written rules say how interested you seem."),
            self.companies(),
            _("Visits are kept for %(history)s.") % {"history": self.span("history")},
            _(
                "Purpose: to know what led people to us, and to answer them well. Legal basis: your consent (GDPR, article 6(1)(a);"
                " French Data Protection Act, article 82)."
            ),
        ]

    def companies(self) -> str:
        """Whose network a visitor uses."""
        _ = self._
        if self.known.companies:
            return _("We look up in a file of our own which organisation’s network you use; the address is forgotten at once.")
        return _("We do not look up whose network you use.")

    def forms(self) -> list[str]:
        """What becomes of a form."""
        _, known = self._, self.known
        kept = {
            "off": _("What you write in a form is kept once you have accepted, so that we can answer you."),
        }.get(
            known.consent,
            _(
                "What you write in a form is kept so that we can answer you, whether you accepted or not; if you did not, nothing of"
                " your visits is joined to it."
            ),
        )
        return [
            kept,
            _("Passwords, card and identity numbers, one-time codes, files and sensitive subjects are left out."),
            _("We write to you beyond our answer only if you ticked a box that says so."),
            _("It is kept for %(leads)s after our last contact.") % {"leads": self.span("leads")},
            _("Legal basis: your request (GDPR, article 6(1)(b)), or our legitimate interest in answering it (article 6(1)(f))."),
        ]

    def signals(self) -> str:
        """What GPC and DNT do."""
        _ = self._
        if self.known.dnt:
            return _("A browser that sends Global Privacy Control or Do Not Track has refused, unless you accept on this site yourself.")
        return _("A browser that sends Global Privacy Control has refused, unless you accept on this site yourself.")

    def rights(self) -> list[str]:
        """What a person may do."""
        _, known = self._, self.known
        told = {"me": f"{known.url}/me", "contact": self.left(_("e-mail address for such requests"))}
        letters = _("Links that confirm your address are sent by e-mail through %(host)s.") % {"host": known.letters_by}
        return [
            _(
                "At %(me)s you see what is known of your browser, take it with you, correct it, withdraw your consent, object and have"
                " it erased."
            )
            % told,
            _("You may also write to %(contact)s; we answer within a month.") % told,
            letters if known.letters_by else "",
            _("You may complain to your supervisory authority, in France the CNIL (www.cnil.fr)."),
        ]
