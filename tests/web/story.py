"""A small account as it would be after some weeks: what the screens are looked at with."""

from __future__ import annotations

from sqlalchemy import Connection

from collector.domain.events import Field

from . import rows
from .rows import DAY, HOUR, MINUTE, NOW

CAMILLE = "vCamilleDurand00000000"
LETTER = {"channel": "Email", "source": "lettre", "medium": "email", "campaign": "rentree"}
GOOGLE = {"channel": "Organic Search", "source": "google", "medium": "organic"}
HOME = "https://example.com/"
ARTICLE = "https://example.com/blog/pompe-a-chaleur-sept-questions"
REQUEST = "Bonjour,\nnous cherchons un devis pour remplacer une chaudière au fioul de 2004 dans un atelier de 180 m².\nMerci !"
REMARK = "Votre page « Prestations » ne s’affiche pas bien sur mon téléphone."
PARTNER = {"channel": "Referral", "source": "artisans-nantes.example", "medium": "referral"}
ADS = {"channel": "Paid Search", "source": "google", "medium": "cpc", "campaign": "chauffage-automne-2026-loire-atlantique"}
CONTACT = "https://example.com/contact"


def tell(conn: Connection) -> bytes:
    """Writes it all. Answers the id of the lead with the longest way."""
    rows.user(conn)
    rows.site(conn, 42, name="Thermique Dubois")
    rows.site(conn, 43, domain="pro.example.com")
    camille = _camille(conn)
    _others(conn)
    for kind, value in (("status", "contacted"), ("tag", "salon 2026"), ("note", "Rappeler lundi.\nDevis pour 12 portes.")):
        rows.edit(conn, camille, kind, value)
    return camille


def _camille(conn: Connection) -> bytes:
    start, last = NOW - 6 * DAY, NOW - 2 * HOUR
    lead = rows.lead(
        conn,
        start + 5 * MINUTE,
        name="Camille Durand",
        given_name="Camille",
        family_name="Durand",
        email="camille.durand@example.org",
        phone="+33612345678",
        organization="Durand & Fils",
        form="newsletter",
        page=ARTICLE,
        submissions=2,
        visits=2,
        first_channel="Email",
        first_source="lettre",
        first_medium="email",
        first_campaign="rentree",
        first_at=start,
        last_channel="Organic Search",
        last_source="google",
        last_medium="organic",
        last_at=last,
        last_seen_at=last + 9 * MINUTE,
        marketing_consent="granted",
    )
    first = rows.visit(
        conn,
        CAMILLE,
        start,
        [(ARTICLE, "Pompe à chaleur : sept questions avant de choisir"), (HOME, "Thermique Dubois, chauffagiste à Nantes")],
        LETTER | {"landing": ARTICLE + "?utm_source=lettre&utm_medium=email&utm_campaign=rentree"},
    )
    letter = rows.submission(
        conn,
        lead,
        start + MINUTE,
        [
            Field(name="email", label="Votre adresse e-mail", type="email", value="camille.durand@example.org"),
            Field(name="ok", label="J’accepte de recevoir la lettre", type="checkbox", checked=True),
        ],
        visitor=CAMILLE,
        form="newsletter",
        url=ARTICLE,
        email="camille.durand@example.org",
        marketing=1,
        marketing_text="J’accepte de recevoir la lettre",
    )
    rows.span(conn, lead, CAMILLE, letter, start + MINUTE, start - 90 * DAY)
    second = rows.visit(
        conn,
        CAMILLE,
        last,
        [
            (HOME, "Thermique Dubois, chauffagiste à Nantes"),
            ("https://example.com/prestations", "Nos prestations"),
            (CONTACT, "Nous écrire"),
        ],
        GOOGLE | {"referrer": "www.google.com"},
    )
    rows.event(conn, "click", CAMILLE, last + 50_000, "x", HOME, {"kind": "phone", "text": "02 40 00 00 00", "href": "tel:+33240000000"})
    rows.event(conn, "consent", CAMILLE, last + 2_000, "x", HOME, {"state": "granted", "purpose": "tracking"})
    asked = rows.submission(
        conn,
        lead,
        last + 100_000,
        [
            Field(name="nom", label="Nom et prénom", value="Camille Durand"),
            Field(name="societe", label="Société", value="Durand & Fils"),
            Field(name="tel", label="Téléphone", type="tel", value="06 12 34 56 78"),
            Field(name="message", label="Votre demande", type="textarea", value=REQUEST),
            Field(name="iban", label="IBAN", withheld="id-number"),
            Field(name="lettre", label="Recevoir la lettre", type="checkbox", checked=False),
        ],
        visitor=CAMILLE,
        url=CONTACT,
    )
    rows.submission(conn, lead, last + 110_000, visitor=CAMILLE, url=CONTACT, counted=0)
    reasons = [
        ("contact", 4_000, 1, [asked]),
        ("business", 1_000, 1, [letter]),
        ("attention", 742, 2, [second, first]),
        ("return", 500, 1, [second]),
    ]
    rows.score(conn, lead, 5_742, [*reasons, ("careers", -500, 1, [first])])
    rows.company(conn, lead, "durand-fils.example")
    return lead


def _others(conn: Connection) -> None:
    people = (
        ("Jean-Baptiste Lefèvre", "jb.lefevre@menuiserie-lefevre.example", "Menuiserie Lefèvre", "devis", 26 * MINUTE, LETTER),
        ("", "achats@coop-du-marais.example", "", "contact", 3 * HOUR, None),
        ("Maëlys Kerbrat", "maelys.kerbrat@example.net", "Atelier Kerbrat", "devis", 7 * HOUR, GOOGLE),
        ("Nora Benali", "nora@benali-conseil.example", "Benali Conseil", "contact", 28 * HOUR, PARTNER),
        (
            "Olivier Saint-Germain de la Tour d’Auvergne",
            "olivier.saint-germain.de.la.tour@une-entreprise-au-nom-tres-long.example",
            "Une entreprise au nom très long et même davantage",
            "contact",
            2 * DAY,
            ADS,
        ),
        ("Test Robot", "qa@example.com", "", "contact", 3 * DAY, None),
        ("", "", "", "contact", 4 * DAY, {"channel": "AI Assistants", "source": "chatgpt", "medium": "ai"}),
    )
    for name, email, organization, form, before, source in people:
        origin = source or {}
        touched = {f"{end}_{key}": value for end in ("first", "last") for key, value in origin.items()}
        lead = rows.lead(
            conn,
            NOW - before,
            name=name,
            email=email,
            organization=organization,
            form=form,
            phone="" if email else "+33240123456",
            visits=2 if source else 0,
            marks=("automated", "headless") if name == "Test Robot" else (),
            **touched,
        )
        rows.submission(conn, lead, NOW - before, [Field(name="email", label="E-mail", type="email", value=email)], form=form)
        if email:
            rows.score(conn, lead, 0 if name == "Test Robot" else 3_000, excluded="staff" if name == "Test Robot" else "")
            rows.company(conn, lead, email.partition("@")[2], "network" if not name else "email")
    message = rows.lead(conn, NOW - 5 * HOUR, kind="message", message=REMARK, form="avis")
    rows.submission(
        conn,
        message,
        NOW - 5 * HOUR,
        [Field(name="avis", label="Votre avis", type="textarea", value=REMARK)],
        kind="message",
        form="avis",
    )
