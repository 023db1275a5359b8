"""The lines that put the tag into a page, for each platform. The README shows the same; tests run them as they stand there."""

from __future__ import annotations

from typing import NamedTuple

from .language import N_
from .tag import tag


class Block(NamedTuple):
    """Some lines to paste, and the sentence before them."""

    words: str
    lines: str


class Platform(NamedTuple):
    """A way to install: `key` is the address of it, `name` a name or words to translate."""

    key: str
    name: str
    blocks: tuple[Block, ...]


def platforms(base: str, site: int, mode: str = "", domain: str = "") -> tuple[Platform, ...]:
    """Every way to install the tag of a site; at most ten lines each. `base` is the collector's address, `mode` as `tag` takes it."""
    script = tag(base, site, mode).split("\n")[0]
    return (
        Platform("html", "HTML", (Block(N_("Into every page, anywhere in its head or body:"), script),)),
        Platform("wordpress", "WordPress", (Block(N_("Into functions.php of the theme, or a plug-in for code:"), wordpress(script)),)),
        Platform(
            "gtm", "Google Tag Manager", (Block(N_("A tag of type Custom HTML, fired on all pages:"), tag_manager(base, site, mode)),)
        ),
        Platform(
            "next",
            "Next.js, React",
            (
                Block(N_("Next.js: into the body of app/layout.tsx. Routes are counted by themselves."), next_script(base, site, mode)),
                Block(N_("React without Next.js: into the head of index.html."), script),
            ),
        ),
        Platform(
            "nuxt",
            "Nuxt, Vue",
            (
                Block(N_("Nuxt: into nuxt.config.ts. Routes are counted by themselves."), nuxt(base, site, mode)),
                Block(N_("Vue without Nuxt: into the head of index.html."), script),
            ),
        ),
        Platform(
            "shopify",
            "Shopify",
            (Block(N_("Online Store, Themes, Edit code: into layout/theme.liquid, just before the end of the head."), script),),
        ),
        Platform("webflow", "Webflow", (Block(N_("Site settings, Custom code, Head code; then publish the site."), script),)),
        Platform(
            "consent",
            N_("Consent managers"),
            (
                Block(N_("Cookiebot and every manager that speaks IAB TCF are heard by themselves: paste the tag as it is."), script),
                Block(N_("Axeptio: name the vendor “webleads”; this line stands before the tag."), AXEPTIO),
                Block(N_("tarteaucitron loads the tag itself, by its service “getplus”."), tarteaucitron(site)),
                Block(N_("Any other one: tell the tag what it was told."), GRANTED),
            ),
        ),
        Platform("csp", "Content-Security-Policy", (Block(N_("Add to the policy that your server sends:"), policy(base)),)),
        Platform("pixel", N_("Without JavaScript"), (Block(N_("This picture counts a page view, and nothing else."), pixel(base, site)),)),
        Platform(
            "old",
            N_("The old French tag"),
            (
                Block(
                    N_("It works unchanged once stats.webleads-tracker.com points here. The same from here:"),
                    old(base, site),
                ),
            ),
        ),
    )


def wordpress(script: str) -> str:
    """A hook that prints the tag."""
    return f"add_action('wp_head', function () {{\n  echo '{script}';\n}});"


def tag_manager(base: str, site: int, mode: str = "") -> str:
    """Lines that add the tag: a tag manager drops the attributes of a plain one."""
    lines = [
        "<script>",
        "  (function (s) {",
        "    s.async = true;",
        f"    s.src = '{base}/js';",
        f"    s.dataset.site = '{site}';",
        *([f"    s.dataset.consent = '{mode}';"] if mode else []),
        "    document.head.appendChild(s);",
        "  })(document.createElement('script'));",
        "</script>",
    ]
    return "\n".join(lines)


def next_script(base: str, site: int, mode: str = "") -> str:
    """Next.js's own element for scripts."""
    more = f' data-consent="{mode}"' if mode else ""
    return f'import Script from \'next/script\'\n\n<Script src="{base}/js" data-site="{site}"{more} />'


def nuxt(base: str, site: int, mode: str = "") -> str:
    """The head of every page of Nuxt."""
    more = f", 'data-consent': '{mode}'" if mode else ""
    return (
        "export default defineNuxtConfig({\n  app: { head: { script: [\n"
        f"    {{ src: '{base}/js', async: true, 'data-site': '{site}'{more} }}\n"
        "  ] } }\n})"
    )


AXEPTIO = "window._axcb = window._axcb || [];"
GRANTED = (
    "window.webleads=window.webleads||function(){(webleads.q=webleads.q||[]).push(arguments)}\n\n"
    "webleads('consent', 'granted')          // or 'denied', which also erases what was kept on the device"
)


def tarteaucitron(site: int) -> str:
    """Its service for this tag."""
    return f"tarteaucitron.user.getplusId = '{site}';\n(tarteaucitron.job = tarteaucitron.job || []).push('getplus');"


def policy(base: str) -> str:
    """What a Content-Security-Policy must let in."""
    return f"script-src {base};\nconnect-src {base};\nimg-src {base};\nform-action {base}"


def pixel(base: str, site: int) -> str:
    """The picture of the noscript line."""
    return f'<img src="{base}/{site}ns.gif" alt="" width="1" height="1">'


def old(base: str, site: int) -> str:
    """The tag of old, from here."""
    return (
        "<script>\n"
        "  var webleads_site_ids = webleads_site_ids || [];\n"
        f"  webleads_site_ids.push({site});\n"
        f"  (function (s) {{ s.async = true; s.src = '{base}/js'; document.head.appendChild(s); }})(document.createElement('script'));\n"
        "</script>"
    )
