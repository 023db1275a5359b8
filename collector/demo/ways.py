"""The ways that lead to the demo site: searches, letters, networks, links, assistants and ads, each with its share."""

from __future__ import annotations

from itertools import accumulate

from msgspec import Struct

ARTICLE = "/blog/pompe-a-chaleur-sept-questions"
SEASONS = (
    "audit-janvier", "isolation-fevrier", "solaire-printemps", "solaire-printemps", "audit-mai", "clim-ete", "clim-ete", "rentree",
    "rentree", "chauffage-automne", "chauffage-automne", "chaudiere-hiver",
)  # fmt: skip


class Way(Struct, frozen=True):
    """A way to the site. `{season}` in the query is the campaign of the month; `click` a click id's parameter, kept with consent only."""

    share: int
    eager: float  # how readily its visitors send a form
    referrer: str = ""
    query: str = ""
    click: str = ""
    landing: str = "/"


WAYS = (
    Way(200, 1.0, "https://www.google.com/"),
    Way(90, 0.8, "https://www.google.fr/", landing=ARTICLE),
    Way(34, 1.0, "https://www.bing.com/"),
    Way(26, 1.0, "https://www.qwant.com/", landing=ARTICLE),
    Way(18, 1.1, "https://www.ecosia.org/"),
    Way(12, 0.9, "https://duckduckgo.com/", landing=ARTICLE),
    Way(170, 0.9),
    Way(110, 1.5, "", "utm_source=lettre&utm_medium=email&utm_campaign={season}", landing=ARTICLE),
    Way(24, 1.3, "https://mail.google.com/", "utm_source=lettre&utm_medium=email&utm_campaign={season}", landing=ARTICLE),
    Way(44, 0.3, "https://www.facebook.com/", "", "fbclid", ARTICLE),
    Way(30, 0.5, "https://www.linkedin.com/", "", "", ARTICLE),
    Way(20, 0.2, "https://www.instagram.com/"),
    Way(28, 1.3, "https://www.artisans-rhone.example/annuaire"),
    Way(22, 0.7, "https://forum.renovation-maison.example/chauffage", landing=ARTICLE),
    Way(16, 1.2, "https://info-energie.example/conseillers/lyon", landing="/devis"),
    Way(26, 1.6, "https://chatgpt.com/", "utm_source=chatgpt.com", landing=ARTICLE),
    Way(12, 1.5, "https://www.perplexity.ai/", landing=ARTICLE),
    Way(8, 1.4, "https://chat.mistral.ai/", landing=ARTICLE),
    Way(72, 1.9, "https://www.google.com/", "utm_source=google&utm_medium=cpc&utm_campaign={season}", "gclid", "/devis"),
    Way(16, 1.7, "https://www.bing.com/", "utm_source=bing&utm_medium=cpc&utm_campaign={season}", "msclkid", "/devis"),
    Way(22, 0.8, "https://l.facebook.com/", "utm_source=facebook&utm_medium=paid-social&utm_campaign={season}", "fbclid", "/devis"),
)
SHARES = tuple(accumulate(way.share for way in WAYS))
EAGER = sum(way.share * way.eager for way in WAYS) / SHARES[-1]
