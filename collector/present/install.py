"""What the install check found, in words: what is the matter, and what to do about it."""

from __future__ import annotations

from ..domain.install import Verdict
from .language import N_, catalogue

TAGS = {
    "yes": N_("The tag stands in the page"),
    "no": N_("The tag is not in the page"),
    "unknown": N_("Whether the tag stands in the page is not known"),
}
EVENTS = {True: N_("Events arrive"), False: N_("No event in the last 24 hours")}

# Code → what is the matter, and what to do about it.
CAUSES: dict[str, tuple[str, str]] = {
    "works": (N_("Everything works."), ""),
    "heard-elsewhere": (
        N_("Events arrive, but this page does not carry the tag itself."),
        N_("Perhaps another page does, or something adds it later. If this page should count, paste the tag into it."),
    ),
    "heard-hidden": (
        N_("Events arrive; the tag is loaded from within %(names)s, where nobody can look from outside."),
        "",
    ),
    "heard-unseen": (N_("Events arrive; the page itself could not be looked at."), ""),
    "not-looked": (
        N_("Nobody has looked at the page yet."),
        N_("Open a page of the site that carries the tag, or look for the tag below."),
    ),
    "open-it": (
        N_("The tag stands in the page and nothing came from it yet."),
        N_("Open that page yourself, in a window without a blocker of ads or trackers, and wait a moment."),
    ),
    "consent-off": (
        N_("The tag stands in the page, and this site sends nothing before a visitor has agreed."),
        N_("Open the page and accept in its consent banner. If it has none, change the consent mode in the settings of this site."),
    ),
    "foreign": (
        N_("The tag stands in the page, but events came from %(hosts)s, which is not a host of this site: they were refused."),
        N_("If these pages are yours, add that host to the allowed hosts."),
    ),
    "csp": (
        N_("The page’s Content-Security-Policy shuts the tag out (%(directives)s)."),
        N_("Add the lines under “Content-Security-Policy” below to the policy that your server sends."),
    ),
    "mixed": (
        N_("The page is on https and loads the tag by http: browsers refuse that."),
        N_("Put the collector behind https, set WEBLEADS_URL to that address, and paste the tag again."),
    ),
    "wrong-domain": (
        N_("The page answers at %(host)s, which is not a host of this site: its events are refused."),
        N_("Add %(host)s to the allowed hosts."),
    ),
    "elsewhere": (
        N_("The page leads to %(host)s, which is not a host of this site, and the tag is not there."),
        N_("If that is your site, add %(host)s to the allowed hosts and paste the tag there."),
    ),
    "held": (
        N_("A consent manager keeps the tag from running until visitors agree."),
        N_("Load it in any case: it asks the consent manager itself and keeps nothing before the answer."),
    ),
    "other-site": (
        N_("The page carries the tag of another site (%(ids)s)."),
        N_("Copy the tag of this site again, or look at the site that has that number."),
    ),
    "no-id": (N_("The tag names no site."), N_("Give it data-site, as in the lines above; some editors drop it.")),
    "other-host": (
        N_("The page loads a tag from %(host)s, not from this collector."),
        N_("Paste the tag above. If this collector has a new address, set WEBLEADS_URL to it."),
    ),
    "old-host": (
        N_("The page carries the old tag, which loads from %(host)s."),
        N_("Point that name at this collector, or paste the tag above in its place."),
    ),
    "commented": (N_("The tag stands within a comment of the page."), N_("Take it out of <!-- and -->.")),
    "pixel-only": (
        N_("Only the picture for browsers without JavaScript is there."),
        N_("Paste the first line of the tag too: without it no form is seen."),
    ),
    "container": (
        N_("The page has %(names)s, and nobody can look into that from outside."),
        N_("See that the tag is published there, then open the page yourself and accept: its first event answers."),
    ),
    "missing": (
        N_("The tag is nowhere in the page."),
        N_("Paste it, publish the page, and empty the caches of your site (plug-in, host, CDN)."),
    ),
    "dns": (N_("There is no site under the name %(host)s."), N_("See whether the domain is spelt right and its DNS entry is there.")),
    "private": (
        N_("%(host)s leads to an address of a private network, which the collector does not ask."),
        N_("Open the page yourself: its first event answers."),
    ),
    "refused": (N_("%(host)s did not answer."), N_("See whether the site is up.")),
    "tls": (
        N_("The certificate of %(host)s is not trusted, or does not fit its name."),
        N_("Renew the certificate; browsers warn visitors of it too."),
    ),
    "timeout": (N_("%(host)s took longer than five seconds."), N_("Try again; if it stays so, open the page yourself.")),
    "redirects": (N_("The page leads on more than twice."), N_("Look at the address where it ends.")),
    "broken": (N_("%(host)s answered something that is no web page."), N_("Open the page yourself: its first event answers.")),
    "not-html": (N_("That address is a file, not a page."), N_("Look at a page of the site.")),
    "not-found": (N_("There is no page at that address (404)."), N_("Look at another page of the site.")),
    "password": (N_("The page asks for a password."), N_("Open it yourself: its first event answers. Or look again once it is public.")),
    "forbidden": (
        N_("%(host)s refuses the collector (403), as many sites do with whatever is no browser."),
        N_("Open the page yourself: its first event answers."),
    ),
    "wall": (N_("A wall against robots stands before the page."), N_("Open the page yourself: its first event answers.")),
    "server-error": (N_("%(host)s has a fault (%(status)s)."), N_("Look again when the site works.")),
    "status": (N_("%(host)s answered with %(status)s."), N_("Look at another page of the site.")),
    "too-large": (
        N_("The page is very long; the tag is not in its first 256 KB."),
        N_("Put it into the head. Or open the page yourself: its first event answers."),
    ),
    "not-http": (N_("Only addresses with http or https can be looked at."), ""),
    "credentials": (N_("An address with a name or a password in it is not looked at."), ""),
    "port": (N_("Only the usual ports of the web are looked at."), ""),
    "host": (N_("This is no address of a page."), N_("Type it as in https://example.com/contact.")),
}  # fmt: skip
NOT_OURS = N_("This page is not one of this site’s: type an address of its domain or of an allowed host.")
OFTEN = N_("This site was looked at very often in the last hour. Try again later; the first event shows by itself.")


def said(verdict: Verdict, language: str) -> tuple[str, str]:
    """What a verdict says: what is the matter, and what to do (empty where nothing is)."""
    _ = catalogue(language).gettext
    what, fix = CAUSES[verdict.cause]
    return _(what) % verdict.values, _(fix) % verdict.values if fix else ""
