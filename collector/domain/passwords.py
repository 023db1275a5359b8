"""Which passwords are refused: those that a guesser tries first (NIST SP 800-63B 5.1.1.2). Nothing is asked of their letters.

A list of the most common ones, a run of one sign or of neighbours, a short piece again and again, the person's own address and the
product's name. What is left is long enough for a throttle that lets a guesser try once a minute.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

SHORTEST = 8
LONGEST = 1_000  # characters: argon2 reads them all
OUR_NAMES = ("webleads", "tracker")
_STEMS = ("password", "motdepasse", "azerty", "qwerty")

# Of eight signs or more, in small letters; ends of digits and signs are looked through (`_bare`).
_WORDS = """
password passwort passw0rd p@ssword p@ssw0rd pa55word motdepasse azertyuiop azerty123 qwertyuiop qwerty123 qwertz123 qwertzuiop
iloveyou sunshine princess football baseball basketball superman starwars trustno1 letmein1 welcome1 whatever computer internet
michelle jennifer jessica charlie1 michael1 corvette mercedes maverick midnight samantha victoria danielle elephant alexander
benjamin nicholas jonathan christian christine elizabeth stephanie katherine liverpool chelsea1 arsenal1 barcelona juventus
marseille bordeaux toulouse doudoune chouchou loulou12 soleil12 bonjour1 bonjour123 jetaime1 jetaime123 doudou123 nicolas1
camille1 caroline isabelle sandrine veronique francoise philippe stephane frederic sebastien christophe dominique
administrator administrateur changeme changeme1 changeit default1 guest123 root1234 toor1234 admin123 admin1234 administrador
test1234 testtest password1 password12 password123 passe1234 secret12 secret123 temp1234 temporary welcome123 bienvenue bienvenu1
1q2w3e4r 1q2w3e4r5t 1qaz2wsx 2wsx3edc zaq12wsx qazwsxedc q1w2e3r4 q1w2e3r4t5 zxcvbnm1 asdfghjkl asdf1234 zxcvbnm123 1a2b3c4d
a1b2c3d4 aa123456 abc12345 abcd1234 abcdefg1 a1234567 qwer1234 azer1234 azertyui qwertyui wxcvbn12 1234qwer 12345qwert 123qweasd
123456789a 1234567890 987654321 147258369 159357258 789456123 741852963 963852741 123654789 321654987 112233445 11223344 12341234
12121212 13131313 14141414 10203040 00112233 01234567 13579246 24681357 19871987 19901990 20002000 20202020 20242024 20252025 20262026
butterfly sweetheart forever1 hello123 helloworld godzilla spiderman batman123 superstar rockstar rockyou1 pokemon1 pokemon123
dragon12 dragon123 monkey12 monkey123 shadow12 shadow123 master12 master123 hunter12 hunter123 ranger12 tigger12 summer12 winter12
spring2024 summer2024 autumn2024 winter2024 summer2025 winter2025 summer2026 winter2026 printemps ete2024! hiver2024 chocolate
cheesecake strawberry blueberry snowball diamond1 pineapple cookie12 ginger12 peanut12 pepper12 flower12 purple12 orange12 yellow12
marketing marketing1 manager1 business company1 entreprise internet1 website1 facebook instagram linkedin google12 microsoft
firewall security access14 accesskey letmein123 opensesame logmein1 mypassword monmotdepasse yourpassword nopassword
"""
COMMON = frozenset(_WORDS.split())
_ROWS = (
    "01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "azertyuiopqsdfghjklmwxcvbn", "qwertzuiopasdfghjklyxcvbnm",
    "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn",
)  # fmt: skip
_LEET = str.maketrans("0134578@$!", "oleastbasi")


def fault(password: str, email: str = "") -> str:
    """What is wrong with a password for somebody of that address: `short`, `long`, `common`, `yours` (their own address), or empty."""
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    folded = password.lower().strip()
    if _is_common(folded) or _is_pattern(folded):
        return "common"
    return "yours" if _is_made_of(folded, _parts(email)) else ""


def _is_common(folded: str) -> bool:
    spoken = folded.translate(_LEET)
    if {folded, spoken, _bare(folded), _bare(spoken)} & COMMON:
        return True
    return any(_is_made_of(one, (*OUR_NAMES, *_STEMS)) for one in (folded, spoken))


def _bare(text: str) -> str:
    """Without the digits and signs that people add to the ends of a word."""
    return re.sub(r"^[\d\W_]+|[\d\W_]+$", "", text)


def _is_made_of(text: str, parts: Iterable[str]) -> bool:
    """Whether nothing of weight is left without these parts: fewer than six signs."""
    rest = text
    for part in sorted(parts, key=len, reverse=True):
        rest = rest.replace(part, "")
    return rest != text and len(rest) < 6


def _is_pattern(folded: str) -> bool:
    """One piece of at most four signs again and again, or a run of neighbours on the keyboard, in the alphabet or among the digits."""
    if any(folded == (folded[:size] * len(folded))[: len(folded)] for size in range(1, 5)):
        return True
    return any(folded in run or folded[::-1] in run for run in (2 * row for row in _ROWS))


def _parts(email: str) -> set[str]:
    """What an address is made of, each piece of three letters and more: `marie.durand@example.com` of marie, durand, example …"""
    name, _, host = email.lower().partition("@")
    pieces = {name, host, name.replace(".", ""), *re.split(r"[^\w]+", f"{name}.{host.rpartition('.')[0]}")}
    return {one for one in pieces if len(one) > 2}
