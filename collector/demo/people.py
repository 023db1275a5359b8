"""Invented people of a French town, and what they write into the demo's three forms. No address of theirs can exist (RFC 2606)."""

from __future__ import annotations

import unicodedata
from random import Random

from msgspec import Struct

from ..domain.events import Field
from .enquiries import BUDGETS, SERVICES

_WOMEN = (
    "Camille", "Hélène", "Nora", "Maëlys", "Sophie", "Chloé", "Anaïs", "Fatima", "Inès", "Léa", "Marie-Pierre", "Amélie", "Zoé", "Aurélie",
    "Françoise", "Sabrina", "Béatrice", "Yasmine", "Gaëlle", "Manon",
)  # fmt: skip
_MEN = (
    "Jean-Baptiste", "Olivier", "Karim", "Loïc", "Théo", "Étienne", "Mathieu", "Rémi", "François", "Hugo", "Antoine", "Mehdi", "Raphaël",
    "Benoît", "Thierry", "Yann", "Gérard", "Noël", "Lucas", "Stéphane",
)  # fmt: skip
_FAMILIES = (
    "Durand", "Lefèvre", "Benali", "Kerbrat", "Moreau", "Garnier", "Chevallier", "Rousseau", "Bouvier", "Perrin", "Fontaine", "Lemaître",
    "Guérin", "Nguyen", "Da Silva", "Marchand", "Blanchard", "Roux", "Vidal", "Girard", "Bonnet", "Fernandez", "Mercier", "Haddad",
    "Besson", "Charpentier", "Le Goff", "Delattre", "Traoré", "Poulain", "Collet", "Brunet", "Renaud", "Jacquet", "Tessier", "Diallo",
    "Vasseur", "Maillard", "Schneider", "Étienne", "Barbier", "Gonçalves", "Leclercq", "Picard", "Arnaud", "Bertin", "Rivière", "Cordier",
)  # fmt: skip
_TRADES = (
    "Menuiserie", "Boulangerie", "Atelier", "Cabinet", "Garage", "Imprimerie", "Clinique vétérinaire", "Domaine", "Librairie", "Transports",
)  # fmt: skip
_TOWNS = (
    ("69007", "Lyon"), ("69100", "Villeurbanne"), ("38200", "Vienne"), ("42000", "Saint-Étienne"), ("01000", "Bourg-en-Bresse"),
    ("69400", "Villefranche-sur-Saône"), ("38300", "Bourgoin-Jallieu"), ("69600", "Oullins"), ("26000", "Valence"), ("71000", "Mâcon"),
)  # fmt: skip
_MAILS = ("example.org", "example.net", "example.com", "courrier.example", "maison.example")
_OPENINGS = ("Bonjour,", "Bonjour Madame, bonjour Monsieur,", "Bonjour à vous,", "")
_NEEDS = (
    "nous chauffons une maison de {surface} m² à {town} au fioul et voudrions passer à une pompe à chaleur",
    "je souhaite isoler les combles de ma maison ({surface} m², {town}) avant l’hiver",
    "notre chauffe-eau est en fin de vie ; un modèle thermodynamique conviendrait-il pour {surface} m² ?",
    "pouvez-vous passer voir notre toiture à {town} pour des panneaux solaires ? Environ {surface} m² au sud",
    "nous cherchons un audit énergétique pour un local de {surface} m² à {town}",
    "la ventilation fait du bruit depuis l’installation. Qui peut passer la régler à {town} ?",
)
_CLOSINGS = ("Merci d’avance.", "Pouvez-vous me rappeler en fin de journée ?", "Cordialement,", "Bien à vous,", "Merci !")
_SERVICE_WORDS = dict(
    zip(SERVICES, ("Pompe à chaleur", "Panneaux solaires", "Isolation", "Eau chaude", "Ventilation", "Audit énergétique"), strict=True)
)
_BUDGET_WORDS = dict(zip(BUDGETS, ("Moins de 10 000 €", "De 10 000 à 20 000 €", "Plus de 20 000 €", "Je ne sais pas encore"), strict=True))
LETTER_TEXT = "J’accepte de recevoir la lettre d’information"


class Person(Struct, frozen=True):
    """Somebody who may send a form."""

    woman: bool
    given: str
    family: str
    email: str
    phone: str  # as typed
    company: str  # empty for a household
    postal_code: str
    town: str


class Town:
    """Makes people, no two with the same address."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self._namesakes: dict[str, int] = {}

    def person(self) -> Person:
        """The next one."""
        dice = self._dice
        woman = dice.random() < 0.5
        given, family = dice.choice(_WOMEN if woman else _MEN), dice.choice(_FAMILIES)
        company = f"{dice.choice(_TRADES)} {dice.choice((family, dice.choice(_FAMILIES)))}" if dice.random() < 0.3 else ""
        name = f"{_plain(given)}.{_plain(family)}"
        count = self._namesakes[name] = self._namesakes.get(name, 0) + 1
        host = f"{_plain(company)}.example" if company else dice.choice(_MAILS)
        postal_code, town = dice.choice(_TOWNS)
        return Person(woman, given, family, f"{name}{count if count > 1 else ''}@{host}", _phone(dice), company, postal_code, town)


def _plain(text: str) -> str:
    """`Le Goff` → `le-goff`."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return bare.lower().replace(" ", "-").replace("'", "")


def _phone(dice: Random) -> str:
    """A number of the range that is kept for fiction (Arcep, 06 39 98 and 04 65 71), typed in one of the usual ways."""
    head, tail = dice.choice(("063998", "046571")), f"{dice.randrange(10_000):04d}"
    digits = head + tail
    way = dice.randrange(4)
    if way == 0:
        return digits
    if way == 1:
        return "+33" + digits[1:]
    return (" " if way == 2 else ".").join(digits[at : at + 2] for at in range(0, 10, 2))


def newsletter(who: Person, _dice: Random) -> tuple[Field, ...]:
    """The newsletter's one field, filled in."""
    return (Field("email", "newsletter-email", "Votre adresse e-mail", type="email", autocomplete="email", value=who.email),)


def contact(who: Person, dice: Random) -> tuple[Field, ...]:
    """The contact form."""
    phone = who.phone if dice.random() < 0.6 else None
    box = dice.random() < 0.3
    return (
        Field("csrf", type="hidden", withheld="hidden"),
        Field("civilite", label="Madame", type="radio", value="mme", text="Madame", checked=who.woman),
        Field("civilite", label="Monsieur", type="radio", value="m", text="Monsieur", checked=not who.woman),
        Field("nom", "nom", "Nom", autocomplete="family-name", value=who.family),
        Field("prenom", "prenom", "Prénom", autocomplete="given-name", value=who.given),
        Field("email", "email", "E-mail", type="email", autocomplete="email", value=who.email),
        Field("telephone", "telephone", "Téléphone (facultatif)", type="tel", autocomplete="tel", value=phone),
        Field("societe", "societe", "Société (facultatif)", autocomplete="organization", value=who.company or None),
        Field("message", "message", "Message", type="textarea", value=_message(who, dice)),
        Field("newsletter", label=LETTER_TEXT, type="checkbox", value="1", text=LETTER_TEXT, checked=box),
    )


def quote(who: Person, dice: Random) -> tuple[Field, ...]:
    """The request for a quote; one in four leaves a phone number only."""
    by_phone = dice.random() < 0.25
    service, budget = dice.choice(SERVICES), dice.choice(BUDGETS)
    return (
        Field("service", "service", "Votre projet", type="select-one", value=service, text=_SERVICE_WORDS[service]),
        Field("surface", "surface", "Surface du logement (m²)", value=str(dice.randrange(35, 260))),
        Field("code_postal", "code_postal", "Code postal", autocomplete="postal-code", value=who.postal_code),
        Field("ville", "ville", "Ville", autocomplete="address-level2", value=who.town),
        Field("email", "email", "E-mail", type="email", autocomplete="email", value=None if by_phone else who.email),
        Field("telephone", "telephone", "Téléphone", type="tel", autocomplete="tel", value=who.phone if by_phone else None),
        *(
            Field("budget", label=word, type="radio", value=value, text=word, checked=value == budget)
            for value, word in _BUDGET_WORDS.items()
        ),
        Field("document", "document", "Une facture ou un plan", type="file", withheld="file"),
    )


def _message(who: Person, dice: Random) -> str:
    need = dice.choice(_NEEDS).format(surface=dice.randrange(35, 260), town=who.town)
    opening = dice.choice(_OPENINGS)
    text = need if opening else need[0].upper() + need[1:]
    return "\n".join(line for line in (opening, text if text.endswith("?") else text + ".", dice.choice(_CLOSINGS)) if line)
