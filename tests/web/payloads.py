"""What a stranger may send: 300 texts that would run where they are not only words, and 150 addresses that are not ours.

Every text that runs calls `alert`, or marks the page with an `x-pwned` element or a `data-pwned` attribute: `EXECUTED` finds all three,
and whatever stands in a page that none of our templates writes.
"""

from __future__ import annotations

from itertools import product

_ALERT = "alert(1)"
_VECTORS = [
    "<script>alert(1)</script>",
    "<script src=//evil.example/x.js></script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '<svg><a xlink:href="javascript:alert(1)"><text y=9>x</text></a></svg>',
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><a href=javascript:alert(1)>x</a></math>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>',
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=&#106;avascript:alert(1)>x</a>",
    "<form action=javascript:alert(1)><button autofocus>x</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)></select>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<style>@import'//evil.example/x.css';*{animation:x}</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<base href=//evil.example/>",
    '<meta http-equiv=refresh content="0;url=javascript:alert(1)">',
    "<x-pwned></x-pwned>",
    "<p data-pwned>x</p>",
    "<p style=animation:x onanimationstart=alert(1)>x</p>",
    "<template><img src=x onerror=alert(1)></template>",
    "<xss tabindex=1 autofocus onfocus=alert(1)>",
    '<div hx-get="/logout" hx-trigger="load"></div>',
    '<div hx-on::load="alert(1)"></div>',
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<dialog open onclose=alert(1)><form method=dialog><button autofocus>x</button></form></dialog>",
    "<plaintext>",
    "<img/src=`x`/onerror=alert(1)>",
]
_OUT = ["", '">', "'>", "</textarea>", "</title>", "</script>", "</option></select>"]
_ALONE = [
    *(f"{quote} {name}={_ALERT} x={quote}" for quote in ("'", '"') for name in ("onmouseover", "onfocus", "onload", "style", "data-pwned")),
    *(
        f"{name}:{_ALERT}//"
        for name in ("javascript", "JaVaScRiPt", "java\tscript", "java\nscript", " javascript", "\x01javascript", "vbscript")
    ),
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "javascript://example.com/%0aalert(1)",
    "{{ 7 * 7 }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "${7*7}<%= 7*7 %>#{7*7}",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "＜script＞alert(1)＜/script＞",
    "‹script›alert(1)‹/script›",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "];alert(1);//",
    '"};alert(1);{"',
    "'-alert(1)-'",
    "\u2028alert(1)\u2029",
    "\u202e<script>alert(1)</script>",
    "%(name)s %s {0} {name}",
    "x' OR '1'='1",
]
XSS = [*_ALONE, *(out + vector for out, vector in product(_OUT, _VECTORS))][:300]

# Everything that a page of ours never holds, and whether anything ran.
EXECUTED = """() => {
  const found = [];
  for (const one of document.querySelectorAll("*")) {
    if (/^(x-pwned|xss|iframe|object|embed|base|frame|plaintext|marquee|video|audio|math|animate|noscript)$/.test(one.localName)) found.push(one.outerHTML.slice(0, 90));
    if (one.localName === "script" && !new URL(one.src || "x:", location).pathname.startsWith("/static/")) found.push("script " + one.outerHTML.slice(0, 90));
    if (one.localName === "style" || (one.localName === "link" && new URL(one.href).origin !== location.origin)) found.push("style " + one.outerHTML.slice(0, 90));
    for (const {name, value} of one.attributes) {
      if (name === "style" && (!value || one.closest(".uplot"))) continue; // set by a script, piece by piece
      if (/^on|^style$|^srcdoc$|^hx-on|pwned/i.test(name)) found.push(name + "=" + value.slice(0, 60));
      if (/^(href|src|action|formaction|xlink:href)$/.test(name) && /^(javascript|vbscript|data):/i.test(value.replace(/[\\0-\\x20]/g, ""))) found.push(name + "=" + value.slice(0, 60));
    }
  }
  return found;
}"""

_HOSTS = [
    "evil.example",
    "evil.example/x",
    "evil.example@leads.test",
    "leads.test@evil.example",
    "evil.example%2f",
    "evil。example",
    "xn--vil-bma.example",
]
_STARTS = [
    "//",
    "///",
    "////",
    "/\\",
    "\\\\",
    "\\/",
    "/\t/",
    "/\n/",
    "/\r/",
    "http://",
    "https://",
    "HTTP:",
    "https:",
    "ftp://",
    "//\\",
    "/\\/",
    "\t//",
    " //",
    "\x00//",
    "/\x00/",
]
REDIRECTS = [
    *(start + host for start, host in product(_STARTS, _HOSTS)),
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    ".evil.example",
    "http:evil.example",
    "/\\evil.example",
    "/ /evil.example",
    "//evil.example:80/",
    "///evil.example/..",
    "//[::1]/",
    "//0x7f000001/",
]

# What an address may ask for: no number, no date, no name of a column, and too much of it.
ASKED = [
    "' OR 1=1--",
    '"; DROP TABLE lead;--',
    "99999999999999999999",
    "-1",
    "2026-02-31",
    "\x00%_\\",
    "Europe/Nowhere",
    "é" * 400,
]
