"""What the look at a campaign link says, in words."""

from __future__ import annotations

from .language import N_

FIELDS = {
    "url": N_("Landing page"),
    "source": N_("Source"),
    "medium": N_("Medium"),
    "campaign": N_("Campaign"),
    "term": N_("Term"),
    "content": N_("Content"),
}
HELP = {
    "url": N_("The page that the link opens."),
    "source": N_("Who shows the link: google, newsletter, linkedin, a partner’s name."),
    "medium": N_("What kind of link it is: cpc, email, social, referral, affiliate, sms."),
    "campaign": N_("What it is for: rentree-2026."),
    "term": N_("The words that were bought; for search ads."),
    "content": N_("Which of several links it is: header, button-2."),
}
FAULTS = {
    "no-page": N_("Say which page the link opens."),
    "bad-page": N_("This is no address of a page. Type it as in https://example.com/offer."),
    "not-ours": N_("This page is on none of your sites: its visits are not counted here."),
    "tagged": N_("The page’s address has campaign tags already; they are replaced."),
    "click-id": N_("The address holds a click id of one ad click. Take it out: every visit would count as that click."),
    "no-source": N_("Without a source nobody knows who sent the visit."),
    "no-medium": N_("Without a medium the channel is guessed from the source."),
    "no-campaign": N_("Without a campaign the link counts in no campaign."),
    "unknown-medium": N_("This medium belongs to no channel: the visits are listed as other tagged links."),
    "guessed": N_("This medium is not known: the channel is guessed from the source, and what you pay for counts as unpaid."),
    "other-case": N_("A campaign of this name is in use with other capitals: the two are counted apart."),
    "alike": N_("A campaign of nearly this name is in use: the two are counted apart. Is it the same one?"),
    "is-url": N_("A source is a short name, not an address."),
    "email": N_("An e-mail address must not stand in a link: everybody on the way reads it."),
    "phone": N_("A phone number must not stand in a link: everybody on the way reads it."),
    "case": N_("Capitals make two of one: Spring and spring are counted apart elsewhere. Use small letters."),
    "space": N_("Spaces become %20 in a link. Use hyphens."),
    "long": N_("Longer than 200 characters: the rest is cut off."),
}
