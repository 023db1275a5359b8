"""What the fields of a sent form mean, and the contact that they make.

A field is read by its type, its autocomplete token, its label and hint, its name and id, and at last its value.
French and English come first; German, Spanish, Italian, Dutch and Portuguese follow.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import email_validator
import msgspec
import phonenumbers

from collector.domain.events import Field

MEANINGS = (
    "email", "tel", "name", "given-name", "family-name", "additional-name", "organization", "job-title", "street",
    "postal-code", "city", "region", "country", "message", "subject", "consent-marketing", "consent-terms", "username",
    "search", "captcha", "url", "other",
)  # fmt: skip


# Addresses of examples and local networks are people's too; the library refuses them by this list, its documented knob.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


class Contact(msgspec.Struct, frozen=True):
    """Who sent a form. `kind` is lead (an e-mail or a phone), message (neither, but a text) or none; texts are "" when none."""

    kind: str = "none"
    email: str = ""
    phone: str = ""
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    organization: str = ""
    subject: str = ""
    message: str = ""
    marketing: bool = False
    marketing_text: str = ""


_TOKENS = {
    "email": "email", "tel": "tel", "tel-national": "tel", "tel-local": "tel", "name": "name", "given-name": "given-name",
    "family-name": "family-name", "additional-name": "additional-name", "organization": "organization",
    "organization-title": "job-title", "street-address": "street", "address-line1": "street", "address-line2": "street",
    "address-line3": "street", "postal-code": "postal-code", "address-level2": "city", "address-level1": "region",
    "country": "country", "country-name": "country", "username": "username", "url": "url", "one-time-code": "other",
    "nickname": "username", "bday": "other", "sex": "other", "honorific-prefix": "other", "honorific-suffix": "other",
    "tel-country-code": "other", "tel-extension": "other", "new-password": "other", "current-password": "other",
}  # fmt: skip

# Texts are compared without accents, in lower case, words apart (see `_words`). The first rule that fits wins; the
# third part takes a match away again. French and English lead, then German, Spanish, Italian, Dutch, Portuguese.
_RULES: tuple[tuple[str, str, str], ...] = (
    (
        "other",
        r"^(mm|yy|yyyy|dd|jj|aa|aaaa)$|\b(birth\w*|dob|naissance|geburt\w*|nacimiento|nascita|nascimento"
        r"|geboorte\w*|iban|bic|siren|siret|vat|tva|fax|coupon|promo(tion)?|montant"
        r"|amount|quantit[ey]|passwor[dt]|mot de passe|contrasena|wachtwoord|senha|otp|secret"
        r"|security (code|question|answer))\b"
        r"|code de (securite|verification)|verification code|question secrete|cryptogramme",
        r"nom de naissance|birth ?name|geburtsname",
    ),
    ("captcha", r"captcha|robot|anti ?spam|spamschutz|turnstile|human( ?verif|verify)|humain|caracteres (suivants|ci)"
    r"|how much is|combien font", ""),
    (
        "search",
        r"^(q|s|qs|kw|query|search\w*|keywords?|mots? ?cles?|recherche\w*|term)$|(?<!re)search|\b(rechercher"
        r"|recherche|chercher|suche|buscar?|busqueda"
        r"|cerca|ricerca|zoeken|pesquis\w+|mots? cles?|keywords?)\b",
        r"recherchez vous|votre recherche",
    ),
    (
        "email",
        r"e ?mail|\bcourriel|\bmel\b|adresse (electronique|mel)|\bmails?\b|\bmail ?(adresse?|address)|correo"
        r"|posta elettronica|electronic mail",
        r"\b(mailing|email) list|\bmailing address|\b(e ?mail )?(objet|subject|sujet)\b|(?<!e )\bmail(ing)? (street"
        r"|city|zip|state)",
    ),
    (
        "job-title",
        r"\b(job ?titles?|fonction|postes? occupe|^poste$|intitule d[ue] poste|profession|metier|position|beruf"
        r"|cargo|puesto|functie|ruolo|posizione"
        r"|organization title|job|role|berufsbezeichnung|qualite)\b",
        r"date|code|description",
    ),
    (
        "organization",
        r"\b((nom ?)?societe|entreprise|raison ?sociale|organi[sz]ations?|organisme|compan(y|ies)|company ?name"
        r"|business( ?name)?|etablissement|collectivite"
        r"|association|firma|firmenname|firm|unternehmen|empresa|azienda|ragione sociale|bedrijf(snaam)?|employe(r"
        r"|ur)|enseigne|structure|affiliat\w+"
        r"|afiliacion|afiliacao|affiliazione|institution|organizacion|organizzazione|organisatie|organizacao"
        r"|zugehorigkeit|org)\b",
        r"\b(taille|size|types?|secteur|sector|industry|site|url|web\w*|phone|tele?phone|effectifs?|forme|nombre de"
        r"|number of|bottom|top|e ?mail)\b",
    ),
    (
        "tel",
        r"\b(tele?phone\w*|telefono?n?(nummer)?|phone ?(number|no)?\d*|tel\d*|portable|(num(ero)? )?mobile|gsm"
        r"|handy(nummer)?|cell(ulare|phone)?|movil"
        r"|celular|telemovel|telefoon(nummer)?|telefone|rufnummer|(daytime|home|work) ?phone|mobile ?(phone"
        r"|number))\b|phonenumber",
        r"\b(fax|extension|ext|type|country|indicatif|area|prefix|creneau|horaire|e ?mail)\b",
    ),
    (
        "name",
        r"\b(nom|noms) (et |et votre |/ )?prenoms?\b|\bprenoms?( et)?( votre)? nom\b|first (and |name and )last"
        r"|full ?name|vor und (nach|zu)name"
        r"|nombre y apellidos?|nome e cognome|nome completo|nombre completo|voor en achternaam|vollstandiger name"
        r"|volledige naam|nom complet",
        "",
    ),
    (
        "additional-name",
        r"\b(middle ?(name|initial)|additional ?name|deuxieme prenom|second prenom|zweiter (vor)?name"
        r"|segundo nombre|nombre del medio|secondo nome"
        r"|nome do meio|tweede (voor)?naam)\b",
        "",
    ),
    (
        "given-name",
        r"\b(prenoms?|first ?name|fname|given ?names?|forename|vorname|nombre de pila|primer nombre|voornaam"
        r"|primeiro nome|nome proprio|name first)\b|^first$",
        "",
    ),
    (
        "family-name",
        r"\b(last ?name|lname|family ?name|sur ?name|nom (de (famille|naissance|jeune fille)|d usage|patronymique)"
        r"|usual name|nachname|familienname|geburtsname"
        r"|apellidos?|cognome|achternaam|sobrenome|apelidos?|second ?name|name last)\b|^last$",
        "",
    ),
    (
        "username",
        r"\b(user ?(name|id)|identifiant|login( ?(name|id))?|pseudo(nyme)?|nom d ?utilisateur|(benutzer"
        r"|anmelde)name|nombre de usuario|nome utente"
        r"|gebruikersnaam|nickname|(screen|display) ?name|(membership|customer|client|account|member) ?(number|no"
        r"|id|name)|(numero|n[o°]?) (de )?(client|adherent)"
        r"|utilizador|s (identifier|authentifier))\b|^(user|usuario|account|compte|id)$|username",
        "",
    ),
    (
        "postal-code",
        r"\b(code ?postale?|cp|zip ?(code)?|post(al)? ?code|plz|postleitzahl|codigo postal|codice postale|cap"
        r"|cep)\b|^zip|zipcode|postcode",
        r"e ?mail",
    ),
    ("country", r"\b(pays|country|land|pais|paese|nazione|nation)\b|country", r"\b(indicatif|phone|dial)\b|country ?code$|county"),
    (
        "city",
        r"\b(ville|city|town|commune|localite|ort|wohnort|stadt|ciudad|localidad|citta|comune|plaats|stad|cidade"
        r"|localidade|poblacion|address level ?2)\b",
        "",
    ),
    (
        "region",
        r"\b(region|state|province|county|departement|comte|bundes(land|staat)|kanton|provinz|provinci[ae]"
        r"|provincia|estado|condado|distrito|contea"
        r"|address level ?1)\b|^(etat|stato|staat)$",
        r"united|status|statement",
    ),
    ("street", r"\b(address|adresse)s? ?(ligne|line)? ?[123]\b|\baddr(ess)? ?line|complement d ?adresse|\bline [123]\b"
    r"|\bhausnummer|numero civico", r"e ?mail"),
    (
        "subject",
        r"\b(sujet|subject|objet( de .*)?|betreff|asunto|oggetto|onderwerp|assunto|motif|topic|reason|inquiry type"
        r"|type de demande)\b",
        r"line items|e ?mail address",
    ),
    (
        "message",
        r"\b(messages?|votre (demande|projet|besoin)|commentaires?|comments?|nachricht|mensaje|mens+agem|messaggio"
        r"|bericht|question|remarques?|enquiry"
        r"|inquiry|kommentare?|comentarios?|comentar|comment[oai]|commentaar|opmerking(en)?|anmerkung(en)?|hinweise"
        r"|notizen|notas?|notities|precisions?"
        r"|body|feedback|anliegen)\b",
        r"type|objet",
    ),
    (
        "street",
        r"\b(adress[es]?\w{0,5}|address(e|es)?\d?|street\d?|rue|voie|strasse|straße|direccion|domicilio|indirizzo"
        r"|straat|endereco|morada|anschrift"
        r"|apartment|appartement|batiment|apt|suite|adresszusatz|adresszeile)\b",
        r"\bip\b|\b(web|url|internet|site|e ?mail)\b",
    ),
    ("url", r"\b(url|sites? ?(web|internet)?|web ?(site|seite)|home ?page)\b", ""),
    (
        "name",
        r"\b(nom|noms|name|nome|nombre|naam)\b",
        r"\b(file|fichier|domain\w*|card|produit|product|event|projec?t|school|ecole|bank|banque|rue|list|pet"
        r"|animal|model|campaign|group|nombre de)\b",
    ),
)  # fmt: skip
_COMPILED = tuple((meaning, re.compile(wanted), re.compile(unless) if unless else None) for meaning, wanted, unless in _RULES)

# A field that a person is asked to leave alone is a trap for programs.
_TRAP = re.compile(r"laisse[rz]? .*vide|ne pas remplir|leave .*(blank|empty)|honey ?pot|do not fill")
# A card's holder is not a contact.
_CARD = re.compile(
    r"\b(card(s|holder)?|cc|cvc|cvv|csc|credit ?card|carte (bancaire|de credit)|(sur|de) (la |votre )?carte"
    r"|titulaire|tarjeta|cartao|sulla carta"
    r"|op (de )?kaart|auf (der )?karte|kreditkarte|expir\w+|expiry|ablauf\w*)\b|cardholder|cardnumber|^exp\b"
)
_SUM = re.compile(r"\d+\s*[+×*x]\s*\d+\s*(=|\?|$)")

_MARKETING = re.compile(
    r"news ?letter|lettres? d ?info|infolettre|\boffres?\b|\boffers?\b|\bpromotion|\bactualites?\b|nouveautes"
    r"|\bnews\b|marketing|mailing ?list|opt ?in"
    r"|abonner?\b|abonnez|m ?abonne|\bsubscri|m ?inscri\w+ (a|aux)\b|partenaires|\bpartners\b|angebote"
    r"|neuigkeiten|novedades|ofertas|boletin|novita"
    r"|aanbiedingen|nieuwsbrief|novidades|notizie"
    r"|(recevoir|receive|send me|envoyer|recibir|ricevere|erhalten|ontvangen|receber|get) .*"
    r"(informations?|e ?mails?|sms|communications?|conseils|updates|tips|invitations|mails|contenus|information)\b"
    r"|(tenez|tenir|tenu|keep) .*(informe|inform|posted|up to date|courant)"
)
_TERMS = re.compile(
    r"\bconditions|\bcg[uv]s?\b|\bterms|confidentialite|privacy|donnees|rgpd|gdpr|dsgvo|personal (data"
    r"|information)|mentions legales|\btos\b|reglement"
    r"|datenschutz|\bagb\b|privacidad|privacidade|terminos|condiciones|condizioni|voorwaarden|termos|condicoes"
    r"|\bagree|\bterms?\b|\brules\b|licen[cs]e|guidelines|j ?accepte|consent|traite(ment|es)"
    r"|exploitees?|acceptance|acknowledge"
)
# Terms and news in one box are no separate permission: such a box is about the terms.
_ACCEPTS = re.compile(
    r"\b(accepte|acceptez|agree( to)?|accept|lu) ((et )?(j )?(accepte|agree|accept) )?(\w+ ){0,3}"
    r"(conditions|cg[uv]s?|terms|politique|privacy|reglement|guidelines)\b"
)
_NO_MARKETING = re.compile(r"\b(copie|copy|commentaires?|comments?|replies|reponses?)\b")
# A ticked "no" is none, and so is a ticked refusal.
_REFUSAL = re.compile(
    r"^(no|non|nein|nee|nao)\b|\bne (\w+ ){0,3}pas\b|\b(do not|don ?t|no (deseo|quiero)|nicht|non (desidero"
    r"|voglio)|geen|nao (quero|desejo)"
    r"|opt ?out|unsubscribe|desabonn\w+|desinscri\w+)\b"
)

_EMAIL = re.compile(r"[^\s@<>(),;:\"]{1,64}@[^\s@<>(),;:\"]+\.[^\s@<>(),;:\".]{2,}")
_NUMBERED = re.compile(
    r"commande|client|dossier|sire[nt]|facture|contrat|compte|adh[eé]rent|r[eé]f|order|customer|invoice|account|policy|member|serial"
    r"|vat\b|tva|matricule|permis|licen|code|zip|fax|iban|imei|montant|amount|price|prix",
    re.I,
)
_PHONE = re.compile(r"(\+|0)\d[\d\s().\-/]{7,22}")
_CHOICES = frozenset({"checkbox", "radio"})
_SELECTS = frozenset({"select", "select-one", "select-multiple"})
# What a kind of control can mean; other readings of its words are chance (a select beside «Téléphone» is a prefix).
_POSSIBLE = {
    "number": frozenset({"tel", "postal-code", "captcha"}),
    "textarea": frozenset({"message", "street", "subject"}),
} | dict.fromkeys(_SELECTS, frozenset({"country", "region", "city", "subject", "job-title", "organization", "postal-code"}))
_NAMED = frozenset({"given-name", "family-name"})
_EXACT = {
    "name": _NAMED | {"additional-name", "organization"},
    "street": _NAMED | {"email"},
    "username": frozenset({"email"}),
    "other": _NAMED | {"email"},
}
_ADDRESS = frozenset({"street", "postal-code", "city", "region", "country"})


_NEVER = frozenset(
    {
        "password",
        "hidden",
        "file",
        "submit",
        "button",
        "image",
        "reset",
        "range",
        "color",
        "date",
        "time",
        "month",
        "week",
        "datetime-local",
    }
)
_CAMEL = re.compile(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Þ])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W_]+")


def meanings(fields: Sequence[Field]) -> list[str]:
    """One of MEANINGS for each field.

    A lone «Nom» is the whole name; beside a «Prénom» it is the family name. «Nome» beside «Cognome» is the given name.
    """
    found = [_meaning(field) for field in fields]
    if "given-name" in found and "family-name" not in found:
        return ["family-name" if meaning == "name" else meaning for meaning in found]
    if "family-name" in found and "given-name" not in found:
        return ["given-name" if meaning == "name" else meaning for meaning in found]
    return found


def _meaning(field: Field) -> str:
    """The meaning of one field, its siblings unseen."""
    if field.type in _CHOICES:
        return _choice(field)
    if field.type in _NEVER:
        return "other"
    token = _token(field.autocomplete)
    if token in _TOKENS:
        return _TOKENS[token]
    texts = [_words(text) for text in (field.label, field.hint, field.name, field.id)]
    if token.startswith("cc-") or any(_TRAP.search(text) for text in texts):
        return "other"
    if field.type in ("email", "search", "url"):
        return field.type
    if _SUM.search(field.label) or _SUM.search(field.hint):
        return "captcha"
    found = _by_texts(field, texts)
    if any(_CARD.search(text) for text in texts) and found not in _ADDRESS:
        return "other"
    if field.type == "tel":
        return found if found in ("postal-code", "other") else "tel"
    if field.type == "textarea":
        return found or "message"
    return _by_value(field, found) if found in ("", "username", "other") else found


def _by_texts(field: Field, texts: list[str]) -> str:
    """The first meaning that label, hint, name or id give; a vague one yields to a more exact one further on."""
    possible = _POSSIBLE.get(field.type)
    found = [meaning for text in texts if (meaning := _by_words(text)) and (not possible or meaning in possible)]
    if not found:
        return "email" if not possible and _EMAIL.search(field.hint) else ""
    exact = _EXACT.get(found[0], frozenset())
    return next((meaning for meaning in found if meaning in exact), found[0])


@lru_cache(maxsize=8192)
def _by_words(words: str) -> str:
    for meaning, wanted, unless in _COMPILED:
        if words and wanted.search(words) and not (unless and unless.search(words)):
            return meaning
    return ""


def _by_value(field: Field, found: str) -> str:
    """The reading of a field whose words say nothing of a contact: an e-mail address is one wherever it stands, and so is
    what is written like a phone number («Votre numéro», «WhatsApp»), unless the words tell of another kind of number."""
    value = (field.value or "").strip()
    if _EMAIL.fullmatch(value):
        return "email"
    if (
        not found
        and not _NUMBERED.search(f"{field.label} {field.hint} {field.name}")
        and _PHONE.fullmatch(value)
        and 9 <= sum(map(str.isdigit, value)) <= 15
    ):
        return "tel"
    return found or "other"


def _choice(field: Field) -> str:
    """The meaning of a checkbox or radio: what is seen beside it speaks before its name."""
    for text in (f"{field.text or ''} {field.label} {field.hint}", f"{field.name} {field.id}"):
        words = _words(text)
        if _MARKETING.search(words) and not _NO_MARKETING.search(words) and not _ACCEPTS.search(words):
            return "consent-marketing"
        if _TERMS.search(words):
            return "consent-terms"
    return "subject" if field.type == "radio" and _by_words(_words(field.name)) == "subject" else "other"


def _token(autocomplete: str) -> str:
    """The meaning of an autocomplete attribute: its last token but `webauthn`."""
    words = autocomplete.lower().removesuffix("webauthn").split()
    return words[-1] if words else ""


@lru_cache(maxsize=8192)
def _words(text: str) -> str:
    """Lower-case words without accents: "wpforms[yourName]" is "wpforms your name"."""
    text = _CAMEL.sub(" ", text)
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join(_WORD.findall(plain.lower()))


def read(fields: Sequence[Field], country: str = "FR") -> Contact:
    """The contact that a submission makes. National numbers are read in `country` (ISO 3166, the site's).

    Withheld and unticked fields give nothing; a login form (one password beside one typed field) gives none.
    """
    if is_login(fields):
        return Contact()
    kept = [
        (meaning, field, _text(field))
        for meaning, field in zip(meanings(fields), fields, strict=True)
        if not field.withheld and _text(field)
    ]  # fmt: skip

    def first(meaning: str) -> str:
        return next((text for found, _, text in kept if found == meaning), "")

    mail = next((found for meaning, _, text in kept if meaning in ("email", "username") and (found := email(text))), "")
    number = next((phone(text, country) or text for meaning, _, text in kept if meaning == "tel" and sum(map(str.isdigit, text)) >= 6), "")
    given, family = first("given-name"), first("family-name")
    message = first("message")
    ticked = next((field for meaning, field, text in kept if meaning == "consent-marketing" and _agreed(field, text)), None)
    return Contact(
        kind="lead" if mail or number else "message" if message else "none",
        email=mail, phone=number, name=first("name") or " ".join(filter(None, (given, family))),
        given_name=given, family_name=family, organization=first("organization"), subject=first("subject"), message=message,
        marketing=ticked is not None, marketing_text=(ticked.text or ticked.label or ticked.hint) if ticked else "",
    )  # fmt: skip


def _text(field: Field) -> str:
    if field.type in _CHOICES:
        return (field.text or field.label or field.value or "on") if field.checked else ""
    return ((field.text if field.type in _SELECTS else None) or field.value or "").strip()


def _agreed(field: Field, text: str) -> bool:
    return bool(field.checked) and not field.preset and not _REFUSAL.search(_words(text))


def is_login(fields: Sequence[Field]) -> bool:
    """One password beside one typed field."""
    passwords = sum(field.withheld == "password" for field in fields)
    typed = sum(1 for field in fields if not field.withheld and field.type not in _CHOICES and (field.value or "").strip())
    return passwords == 1 and typed == 1


@lru_cache(maxsize=4096)
def email(text: str) -> str | None:
    """The normal form of an e-mail address, or None: NFC, trimmed, both parts in lower case, the domain as A-labels.

    Dots and +tags stay. Names kept for examples and local networks are taken, a domain without a dot is not.
    """
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text.strip()).lower())
    if "@" not in text or len(text) > 254:
        return None
    try:
        parts = email_validator.validate_email(text, check_deliverability=False, globally_deliverable=False)
    except (email_validator.EmailNotValidError, UnicodeError):
        return None
    domain = parts.ascii_domain or ""
    address = f"{parts.local_part.lower()}@{domain.lower()}"
    return address if re.search(r"\.[^.\d][^.]+$", domain) and len(address) <= 254 else None


@lru_cache(maxsize=4096)
def phone(text: str, country: str) -> str | None:
    """A phone number in E.164, or None where it is unreadable or impossible; national numbers are read in `country`."""
    try:
        number = phonenumbers.parse(text[:60], country.upper())
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
