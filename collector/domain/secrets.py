"""What may leave a page and be kept: the twin of the tag's rule (`snippet/src/secrets.js`), for tags that are old or not ours.

The two are held together by `tests/wire/secrets.json` and `tests/wire/urls.json`. Two dialects of regular expressions meet here,
hence: ASCII classes only, JavaScript's blanks spelt out, its code units counted where a length decides.
Every pattern takes linear or bounded time.

Kept on purpose: birthdays, gender, a BIC (it names a bank), company numbers (SIREN, SIRET, VAT), a count of children, a field of
trade ("secteur santé").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Final

from collector.domain.events import Field

URL_LENGTH: Final = 2048
WORDS_LENGTH: Final = 1200  # more is no label; a bound keeps the patterns' time bounded too

# JavaScript's \s; Python's differs by five characters.
BLANK: Final = r"\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"

# Stems over lower-case words without accents, ";" around each text; the first that matches names the reason.
# "name" is a machine's field: tokens, captchas, baits. Not expiry: «expérience», «export»; not a password: «passager», «compass»; not a
# card: «carte de fidélité, de visite, grise, professionnelle»; not a code: «code postal, promo»; not an identity: «permis de construire».
WORDS: Final = (
    (
        "name",
        r"captcha|csrf|\b(token|(wp)?nonce)|honey ?p|anti ?(spam|bot|rob)|spam ?(schutz|pr|ch|fra)|human ?(v|ch|q)|re human|recopie|combien fon|how much is"
        r"|;verif\w*( (num\w*|im\w*|word))? ?;|;validation( du formulaire)? ?;|secur\w* ch|sicherheits ?(fra|abf|u)"
        r"|\b(ente?re?z?|(re)?type|saisi\w*|tape[rz]?) (in )?(the|les?) ((?!zip|post|pro|cou|gift|dis|area|dial|num)\w+ ){0,2}(letter|lettre|char|caract|code(?! (p|re|sms))|numbers|digit|chiffre|word|mot )",
    ),
    ("password", r"passw|\bpwd|mot ?de ?pass|\bmdp|pass ?(phrase|code)|[; ]pass ?;|contrase|kennwort|secret(e|s)?\b|secur\w* (q|a|k)"),
    (
        "id-number",
        r"secu\w* soc|social ?sec|\b(ssn|nir|[cd]ni)\b|national ?(id\b|ins)|d ident|ident\w* (card|n)|ausweis|passe?port|reisep|pasap|permis de cond|(titre|carte) de sej"
        r"|driv\w* (s )?lic|vitale|(n|num\w*|ref\w*) fiscal|tax ?(id|n|pay)|steuer ?(id|n)|codice f",
    ),
    (
        "card",
        r"card ?(h|own|t|n[ou]|cod|exp|ver|sec|cv)|(credit|debit|payment|on|the) ?card|carte (banc|bleue|de (cre|pai))|\b(n|num\w*|nom|titulaire) ([dsl]\w* )*carte(?! (de )?[fvgp])|;titulaire ?;"
        r"|kredit|tarjeta|\b(cvv|ccv|csc\b)|;cvc2? ?;|(rd|de) cvc|cvc (cod|nu)|cryptogram|\bcc ?(\w+ )?(n|exp|c[sv]|t|mo|y)|expir|;exp ?[;dmy]"
        r"|;mm ?(yy|aa)|ablauf|caduc|scaden|\biban|bank ?acc|compte banc",
    ),
    (
        "otp",
        r"\b(t?otp|2fa|mfa)\b|one ?time|;(digit|chiffre|ziffer) \d|;pin ?;|\bcode (?!p)([\w ]{0,9} )?(sms|veri|vali|confirm|recu|secu)|(veri\w*|sms|secu\w*|sicherheits|confirm\w*|auth\w*) ?code|usage unique|einmal",
    ),
)
# The same in the languages that are further away; the tag reads them in its third file.
FAR: Final = (
    (
        "name",
        r"tarkist|przepis|sikkerhetssp|kontroll ?fra|\b(digit|escrib|ingres|inser|introdu)\w+ (il?|e?l?[ao]s?|le) (\w+ )?(cara|letra|letter|codic|codig|numeri|numeros|palabra)|zeichen (ein|ab|aus|im|wie|oben)"
        r"|(введ|въвед)\S* [^;]{0,30}(код|символ|цифр|слов|числа)|проверочн|защитн|(ты|вы) человек|робот|(с|на) (картин|изобр|рисун)|;обновить ?;|случаин\S* вопрос|文字を入|文字を半|画像認|画像の|图片|圖片",
    ),
    (
        "password",
        r"\bsenha|palavra p|wachtw|\bhaslo|heslo|jelszo|\bsifre|salasan|losenord|adgangsk|passord|\bse[cg]reta\b|geheim|парол|секретн|秘密の|密[码碼]|スワー|비밀번호",
    ),
    (
        "id-number",
        r"\b(cpf|bsn|pesel)\b|tc kimlik|rodne c|person ?nummer|fodsels ?num|паспорт|снилс|身[份分][证證]|护照|護照|マイナン|주민등록",
    ),
    (
        "card",
        r"cartao|carta di|kaart ?(num|h)|kort ?(num|inn|hav)|validade|vervald|utlop|(номер|владел\S*) карт|срок д|信用卡|卡[号號]|持卡|有效期|有効期限|カート\u3099|카드",
    ),
    (
        "otp",
        r"bestatig\w* ?code|codig?o (d[ei] )?(seg|ver|con|val|sic)|onay kod|смс|код (из|под)|[验驗][证證][码碼]|校验|確認コ|認証コ|인증번호",
    ),
)
REASONS: Final = tuple((reason, re.compile(pattern, re.ASCII)) for reason, pattern in WORDS + FAR)
SPECIAL: Final = re.compile(
    r"\bsante|health\b|medica|maladi|handicap|disabilit|allergi|religi|syndi(cal|cat(?! .*cop)|qu)|trade union"
    r"|(opinion|parti|conviction)s? poli|political|ethni|sexu|casier j|criminal|enfant|child|\bcv\b|curriculum"
    r"|; ?resume ?;|motivation|cover ?letter|salair|salarial|salary\b",
    re.ASCII,
)
# Struck before the words are read: what follows a negation, a field of trade, a count of children.
INNOCENT: Final = re.compile(
    r"\b(ne|pas|not|never|sans|without|nicht) [^;]*|(secteur|assurance|mutuelle|profession\w*|etabl\w*) (de )?sante"
    r"|(as [a-z ]{0,20}|country of )passport|\bn\w* (of |d )?(enfant|child)",
    re.ASCII,
)
CAMEL: Final = re.compile(r"([a-z])([A-Z])")
ACCENTS: Final = re.compile(r"[\u0300-\u036f]")
NO_WORD: Final = re.compile(r"[^a-z\d;\u0400-\u1fff\u3040-\ud7ff]+", re.ASCII)
# Words by which no field is told from another, and what says something.
GENERIC: Final = re.compile(
    r"\b(input|fields?|text|data|form|items?|meta|wpforms|element|control|value|answer|entry|id|off|on|false)\d*\b", re.ASCII
)
SAYS: Final = re.compile(r"\b[a-z]{2,}\d?\d?\b|[\u0400-\ud7ff]", re.ASCII)
# What may stand in the row of a card's number.
BESIDE: Final = re.compile(
    r"\b(nom|prenom|name|holder|titul\w*|given|family|first|last|month|mois|monat|mes|year|annee|jahr|ano|mm|yy|aa|date|type|brand|visa)\b|name ?;",
    re.ASCII,
)
TYPED: Final = re.compile(r"text(?!a)|tel|num|sea|sel")
DIGIT: Final = frozenset("0123456789")
MAIL_WORD: Final = re.compile(r"mail|courriel")
ADDRESS: Final = re.compile(r"[\w.+-]+@[\w.-]+\.[a-zA-Z]{2,}", re.ASCII)
PHONE_NUMBER: Final = re.compile(r"\W?[+0](\W?\W?\d){8,12}", re.ASCII)
LAST_BRACKET: Final = re.compile(r"\A[^\n\r\u2028\u2029]*\[(?=\w)", re.ASCII)

SOCIAL_SECURITY: Final = re.compile(r"\b[0-8]\d\d-\d\d-\d{4}\b", re.ASCII)
RUN: Final = re.compile(
    rf"(?:\b|\D)(?=(\d(?:[{BLANK}.-]?\d){{12,18}}|[a-z]{{2}}\d\d(?:[{BLANK}-]?[a-z\d]{{4}}){{2,7}}(?:[{BLANK}-]?[a-z\d]{{1,3}})?))",
    re.ASCII | re.IGNORECASE,
)
GROUP: Final = re.compile(r"\W", re.ASCII)
# Visa, Mastercard, JCB, Discover, UnionPay and Maestro, American Express, Diners
CARD: Final = re.compile(r"(4\d{12}(\d{3}){0,2}|(2[2-7]|35|[56]\d)\d{14}(\d{3})?|3[47]\d{13}|3[0689]\d{12})", re.ASCII)

WORD: Final = re.compile(rf"""[^{BLANK},;:()<>"]+""")
MAIL: Final = re.compile(r"[^@]@[^@~]+\.[a-zA-Z]{2}")
TOKEN: Final = re.compile(r"[\w+-]{24,}", re.ASCII)
TURN: Final = re.compile(r"\d(?=[a-zA-Z])|[a-zA-Z](?=\d)|[a-z](?=[A-Z][a-z]?[A-Z\d])|[A-Z](?=[A-Z][a-z])", re.ASCII)
DIGITS: Final = re.compile(rf"[+(]?\d(?:[{BLANK}.()/+-]{{0,3}}\d){{8,}}", re.ASCII)
PHONE: Final = re.compile(r"^\+|\b\d{3}\D+\d{3}\b", re.ASCII)
DATE: Final = re.compile(r"\b([0-3]?\d\D)?([01]?\d\D)?(19|20)\d\d(\d{4})?\b(\D[01]?\d\b)?(\D[0-3]?\d\b)?", re.ASCII)
NO_DIGIT: Final = re.compile(r"\D", re.ASCII)
PERCENT: Final = re.compile(r"%(?:u([\da-fA-F]{4})|([\da-fA-F]{2}))", re.ASCII)

CONTROLS: Final = re.compile(r"[\0- ]+")
LAST_PIECE: Final = re.compile(r"[^/?&=#]*\Z")
URL: Final = re.compile(r"([a-zA-Z][a-zA-Z\d+.-]*:)?(//[^/?#]*)?([^?#]*)\??([^#]*)(#.)?", re.ASCII | re.DOTALL)
PARAMETER: Final = re.compile(r"([^&=]*)(=?)([^&]*)")
CLICK: Final = re.compile(r"\w?\w?clid|gclsrc|[gw]braid|msclkid|li_fat_id|rdt_cid|epik|igshid|sccid|_kx", re.ASCII | re.IGNORECASE)


def withheld(field: Field) -> str | None:
    """Why the value of a field must not be kept, or None where it may.

    In this order: its type, autocomplete, name, id, label and hint (French, English, and what other languages call the worst), special
    categories and job applications, then the typed value itself. What `Field.withheld` says already is not looked at; `optout`
    is an attribute on the page.
    """
    value = field.value or ""
    look = "address" if ADDRESS.fullmatch(value) else "number" if PHONE_NUMBER.fullmatch(value) else value[:1]
    return _told(field.type.lower(), field.autocomplete, field.name, field.id, field.label, field.hint, look) or (
        "value" if _holds_number(value) else None
    )


@lru_cache(maxsize=4096)
def _told(kind: str, autocomplete: str, name: str, id: str, label: str, hint: str, look: str) -> str | None:
    """The reason that a field gives before its digits are looked at; the same forms come again and again, hence the cache.

    `look` is address, number (of a phone), or the first sign of another value.
    """
    if kind in ("password", "hidden", "file"):
        return kind
    words = _words(autocomplete, name, id, label, hint)
    # An e-mail field is none of these, whatever its form is called ("password_reset_email").
    if kind == "email" or (look == "address" and MAIL_WORD.search(words)):
        return None
    if look and look not in ("address", "number") and TYPED.match(kind) and (kind[:3] != "sel" or look in DIGIT) and _is_unnamed(words):
        return "name"
    if kind != "textarea":
        innocent = INNOCENT.sub("", words)
        for reason, pattern in REASONS:
            if pattern.search(innocent):
                return reason
    # A form's name ("devis_sante[nom]") or a section's legend says nothing of a text field; a question's legend does of its boxes.
    asked = hint if not label or "radio" in kind or "checkbox" in kind else ""
    return "special" if SPECIAL.search(INNOCENT.sub("", _words(LAST_BRACKET.sub("", name), label, asked))) else None


def _is_unnamed(words: str) -> bool:
    """Nothing but numbers and words for any field: of what nobody named nothing is known but its look."""
    return not SAYS.search(GENERIC.sub("", words))


def beside_card(fields: Sequence[Field]) -> list[bool]:
    """Which fields of a form belong to a card by where they stand: its holder, its month and year, right before or behind its number.

    `fields` are in the form's order, with their `withheld`; fields that are withheld already are False.
    """
    found = [False] * len(fields)
    if not any(field.withheld == "card" for field in fields):
        return found
    for places in (range(len(fields)), range(len(fields) - 1, -1, -1)):
        near = False
        for place in places:
            field = fields[place]
            if field.withheld:
                near = near or field.withheld == "card"
            elif near:
                words = _words(field.autocomplete, field.name, field.id, field.label, field.hint)
                near = found[place] = found[place] or bool(BESIDE.search(words)) or _is_unnamed(words)
    return found


def _words(*texts: str) -> str:
    """Lower-case words without accents, camelCase opened, `;` around each text."""
    text = CAMEL.sub(r"\1 \2", f";{';'.join(texts)};")
    text = ACCENTS.sub("", unicodedata.normalize("NFD", text)).lower()
    return NO_WORD.sub(" ", text)[:WORDS_LENGTH]


def _holds_number(value: str) -> bool:
    """Does a typed text hold a payment card, an IBAN, a French or an American social-security number?

    A number ends where a group of its characters ends: a CVC or a word may follow.
    """
    if len(value) < 11:
        return False
    if SOCIAL_SECURITY.search(value):
        return True
    for found in RUN.finditer(value):
        text = ""
        for group in GROUP.split(found[1]):
            text += group
            if len(text) > 12 and (_is_card(found[1], text) or _is_person(text) or _is_account(text)):
                return True
    return False


def _is_card(run: str, text: str) -> bool:
    """A card number; a French SIRET is Luhn-valid too, but so is the SIREN that it starts with. Two phone numbers in pairs are no card."""
    return run[:4].isdecimal() and bool(CARD.fullmatch(text)) and _luhn(text) and not (len(text) == 14 and _luhn(text[:9]))


def _is_person(text: str) -> bool:
    """A French social-security number: 13 digits and their key; the letters of Corsica are left to the label."""
    return len(text) == 15 and text[0] in "12" and text.isdecimal() and (int(text[:13]) + int(text[13:])) % 97 == 0


def _is_account(text: str) -> bool:
    """An IBAN: ISO 13616, remainder 1."""
    return len(text) > 14 and text[0].isalpha() and int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1


def _luhn(digits: str) -> bool:
    total = sum(int(digit) for digit in digits[-1::-2]) + sum(int(digit) * 2 % 9 or int(digit) for digit in digits[-2::-2])
    return total % 10 == 0


def clean_text(text: str) -> str:
    """A title, or any short text: each e-mail, phone number (9 digits or more that are no dates) and token (24 characters or more in which
    letters, digits and cases alternate more than in a slug) in it becomes "~".
    """
    if "@" in text:
        text = WORD.sub(lambda found: "~" if MAIL.search(found[0]) else found[0], text)
    text = TOKEN.sub(lambda found: "~" if _is_token(found[0]) else found[0], text)
    return DIGITS.sub(lambda found: "~" if _is_phone(found[0]) else found[0], text)


def _is_token(run: str) -> bool:
    turns = len(TURN.findall(run))
    return turns > 4 and turns * 8 > len(run)


def _is_phone(run: str) -> bool:
    return bool(PHONE.search(run)) or len(NO_DIGIT.sub("", DATE.sub("", run))) > 8


@lru_cache(maxsize=4096)
def _mask(piece: str) -> str:
    """A piece of a URL, or "~" where it tells who someone is; percent signs are read through, doubled ones too."""
    text = _unescape(_unescape(piece)) if "%" in piece else piece
    return piece if clean_text(text) == text else "~"


def _unescape(text: str) -> str:
    return PERCENT.sub(lambda found: chr(int(found[1] or found[2], 16)), text)


def clean_url(url: str, kept: Collection[str] = (), clicks: bool = False) -> str:
    """A URL, whole or a path, as it may be kept (DESIGN 4.3); cleaning it again changes nothing.

    `utm_*`, the parameters named in `kept` and, with `clicks`, click ids have their values; the other values, the fragment and
    telling parts of the path are "~". Names and passwords before the host are dropped. An app's referrer (android-app:) is cut to
    its name; any scheme but http(s) gives "". At most 2,048.
    """
    url = _cut(CONTROLS.sub("", url))
    parts = URL.match(url)
    if parts is None:  # cannot be: every part may be empty
        return ""
    scheme, host, path, query, fragment = (part or "" for part in parts.groups())
    origin = scheme + (f"//{host.rpartition('@')[2]}" if "@" in host else host)
    if scheme and scheme.lower() not in ("http:", "https:"):
        return origin if scheme.lower().endswith("-app:") else ""

    def parameter(found: re.Match[str]) -> str:
        name, equals, value = found.groups()
        # Click ids are tokens by nature, and what the owner keeps is theirs to judge.
        if not (name in kept or (clicks and CLICK.fullmatch(name))):
            value = _mask(value) if name[:4].lower() == "utm_" else value and "~"
        return f"{_mask(name)}{equals}{value}"

    shown = PARAMETER.sub(parameter, query)
    return origin + "/".join(map(_mask, path.split("/"))) + (shown and f"?{shown}") + ("#~" if fragment else "")


def _cut(url: str) -> str:
    """At most 2,048 UTF-16 units; what was cut in two is not known any more."""
    units = url.encode("utf-16-le", "surrogatepass") if len(url) > URL_LENGTH / 2 else b""
    if len(units) <= URL_LENGTH * 2:
        return url
    return LAST_PIECE.sub("~", units[: (URL_LENGTH - 1) * 2].decode("utf-16-le", "surrogatepass"), count=1)
