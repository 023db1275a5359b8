"""What the doctor finds, in words: a sentence and, where something is to be done, what."""

from __future__ import annotations

from ..domain.health import Finding
from . import dates
from .language import N_, catalogue

LEVELS = {"ok": N_("ok"), "hint": N_("hint"), "wrong": N_("wrong")}

CHECKS = {
    "server": N_("Server"), "file": N_("Database"), "schema": N_("Schema"), "wal": N_("Unwritten pages"), "pages": N_("Free pages"),
    "sqlite": "SQLite", "postgres": "PostgreSQL", "disk": N_("Disk"), "clock": N_("Clock"), "secret": N_("Secret"),
    "seal": N_("Sealing"),
    "retention": N_("Retention"), "site": N_("Site"), "proxy": N_("Proxy"), "address": N_("Public address"), "tag": N_("Tag"),
    "mail": N_("Mail"),
}  # fmt: skip

SENTENCES: dict[str, tuple[str, str]] = {
    "server-runs": (N_("A collector serves this database."), ""),
    "server-none": (N_("No collector serves this database at the moment."), N_("Start it: webleads serve.")),
    "file-none": (N_("There is no database at %(file)s yet."), N_("The first start makes it.")),
    "file-unread": (N_("%(file)s cannot be read: %(said)s."), N_("Run this as the user whose file it is.")),
    "file-damaged": (
        N_("%(file)s is damaged; SQLite says: %(said)s."),
        N_("Stop the collector and put a backup back: webleads restore FILE. The damaged file is kept."),
    ),
    "file-open": (N_("Others on this machine may read %(file)s (mode %(mode)s)."), N_("chmod 600 %(file)s")),
    "file-ok": (N_("%(file)s is sound: %(mb)s MB, for its owner alone."), ""),
    "file-there": (N_("%(file)s: %(mb)s MB, for its owner alone."), ""),
    "schema-ok": (N_("It has this version's schema, %(stored)s."), ""),
    "schema-older": (
        N_("It has the schema %(stored)s; this version's is %(newest)s."),
        N_("The next start copies the database and then migrates it."),
    ),
    "schema-newer": (N_("A later version made its schema, %(stored)s."), N_("Install that version, or restore a backup from before.")),
    "wal-ok": (N_("%(mb)s MB wait in the -wal file."), ""),
    "wal-large": (
        N_("%(mb)s MB wait in the -wal file: a program that has the database open keeps it from being emptied."),
        N_("End what else reads the file: a copying tool, an SQL shell."),
    ),
    "pages-ok": (N_("%(share)s %% of the file is free for what comes."), ""),
    "pages-free": (
        N_("%(share)s %% of the file, %(mb)s MB, is free room."),
        N_("It is used again by itself. To have it back, stop the collector and run VACUUM."),
    ),
    "sqlite-ok": (N_("SQLite %(version)s."), ""),
    "sqlite-bug": (
        N_(
            "SQLite %(version)s has a known fault: two connections that checkpoint at once can lose commits. The collector is not met"
            " by it, because only its writer ever checkpoints."
        ),
        N_("Let no other program write to the file. SQLite 3.51.3 has it mended."),
    ),
    "postgres-ok": (N_("PostgreSQL %(version)s answers in %(ms)s ms."), ""),
    "postgres-old": (N_("PostgreSQL %(version)s is no longer looked after by its makers."), N_("Move to a newer one.")),
    "postgres-silent": (N_("The database does not answer: %(said)s."), N_("Look at WEBLEADS_DATABASE and whether PostgreSQL runs.")),
    "disk-ok": (N_("%(mb)s MB are free."), ""),
    "disk-tight": (
        N_("%(mb)s MB are free."),
        N_("Make room: a migration first copies the database, and below %(low)s MB page views wait."),
    ),
    "disk-low": (N_("Only %(mb)s MB are free: page views are told to wait."), N_("Make room: below %(lowest)s MB leads wait too.")),
    "disk-lowest": (N_("Only %(mb)s MB are free: nothing is taken any more, leads neither."), N_("Make room now; it goes on by itself.")),
    "clock-ok": (N_("The clock agrees with what is stored."), ""),
    "clock-ahead": (
        N_("The clock says %(now)s, and nothing is known of any time after %(known)s: the purge is held back."),
        N_("Set the clock. If it is right: webleads purge --clock-is-right."),
    ),
    "clock-behind": (
        N_("The clock says %(now)s, but the collector was at work until %(known)s: browsers' events are refused."),
        N_("Set the clock."),
    ),
    "secret-ok": (N_("%(file)s is there, for its owner alone."), ""),
    "secret-none": (N_("There is no secret at %(file)s yet."), N_("The first start makes it.")),
    "secret-gone": (
        N_("%(file)s is missing, and the database was made with it."),
        N_("Put it back from a backup: it is the second file of each."),
    ),
    "secret-other": (
        N_("%(file)s is not the secret that this database was made with."),
        N_("Put the old one back: it is the second file of each backup."),
    ),
    "secret-open": (N_("Others on this machine may read %(file)s (mode %(mode)s)."), N_("chmod 600 %(file)s")),
    "seal-off": (N_("Personal values stand in the database as they are; the file itself is for its owner alone."), ""),
    "seal-waits": (N_("%(file)s is set, and nothing is sealed yet."), N_("webleads seal on")),
    "seal-on": (N_("Personal values are sealed with the key %(key)s of %(file)s."), ""),
    "seal-newer": (
        N_("Personal values are sealed with the key %(key)s; the first key of %(file)s is another, %(newest)s."),
        N_("webleads seal rotate"),
    ),
    "seal-between": (
        N_("Not all values are sealed with one key, or opened, yet."),
        N_("Let the command end that is at work, or say it again: webleads seal on, rotate or off."),
    ),
    "seal-open": (N_("Others on this machine may read %(file)s (mode %(mode)s)."), N_("chmod 600 %(file)s")),
    "seal-wrong": (N_("Sealed values cannot be read: %(said)s."), N_("Put the key file back: no backup of the database holds it.")),
    "retention-ok": (
        N_(
            "Account %(account)s keeps leads %(leads)s months, visits with consent %(history)s months and without %(audience)s months,"
            " refused events %(refused)s days."
        ),
        "",
    ),
    "retention-none": (
        N_("Account %(account)s says for no time how long it keeps: %(kinds)s."),
        N_("Say so: webleads retention set KIND AMOUNT."),
    ),
    "site-none": (N_("There is no site yet."), N_("webleads site add DOMAIN")),
    "site-heard": (N_("%(domain)s (%(id)s) was last heard on %(last)s."), ""),
    "site-unheard": (N_("%(domain)s (%(id)s) was never heard."), N_("Paste its tag: its page on the screens has it.")),
    "site-quiet": (
        N_("%(domain)s (%(id)s) was last heard on %(last)s; usually it would have been since."),
        N_("See whether its pages still carry the tag."),
    ),
    "proxy-ok": (N_("X-Forwarded-For is believed from %(trusted)s."), ""),
    "proxy-direct": (N_("X-Forwarded-For is believed from nobody, and the address speaks no https."), ""),
    "proxy-none": (
        N_(
            "The public address speaks https, so that a proxy stands in front; its X-Forwarded-For is not believed, and no limit of"
            " rate works."
        ),
        N_("Set WEBLEADS_TRUSTED_PROXIES to the proxy's address, such as 127.0.0.1."),
    ),
    "proxy-everyone": (
        N_("X-Forwarded-For is believed from everybody: any visitor may pass for another."),
        N_("Name the proxy's own address in WEBLEADS_TRUSTED_PROXIES."),
    ),
    "address-none": (N_("No public address is set."), N_("Once browsers reach the collector, set WEBLEADS_URL to where.")),
    "address-ok": (N_("%(url)s answers."), ""),
    "address-bare": (N_("%(url)s answers, without https: whoever is in between can read."), N_("Put a proxy that speaks https in front.")),
    "address-silent": (
        N_("%(url)s/healthz does not answer as it should: %(said)s."),
        N_("Look at the name, the proxy and whether the collector runs. From this machine its own address may be out of reach."),
    ),
    "tag-ok": (N_("%(url)s is this version's tag."), ""),
    "tag-other": (
        N_("%(url)s is another file than this version's tag, or of another consent setting."),
        N_("Empty the cache in front, or start the collector of this version again."),
    ),
    "mail-none": (
        N_("No mail server is set: somebody copies the links for those who ask what is kept about them."),
        N_("Set WEBLEADS_SMTP and WEBLEADS_MAIL_FROM, if letters shall go by themselves."),
    ),
    "mail-ok": (N_("The mail server %(host)s answers."), ""),
    "mail-silent": (
        N_("The mail server %(host)s takes no letter: %(said)s."),
        N_("Look at WEBLEADS_SMTP: the name, the port, the user and the password."),
    ),
    "tag-missing": (N_("%(url)s answers %(status)s."), N_("Let the proxy pass on every path, /js with it.")),
}  # fmt: skip

# Why a mail server takes no letter (`outbound.relay.Fault`); any other is what it said, as smtp-550.
MAIL = {
    "unreachable": N_("nobody answers there"), "timeout": N_("it answers too late"), "disconnected": N_("it hangs up"),
    "certificate": N_("its certificate is not trusted"), "tls": N_("it speaks no TLS, without which no password is told"),
    "login": N_("it does not know this user and password"), "protocol": N_("it speaks no SMTP"),
}  # fmt: skip

_TIMES = ("now", "known", "last")


def sentence(found: Finding, language: str, zone: str = "UTC") -> str:
    """What was found; times are those of a zone."""
    return _filled(SENTENCES[found.code][0], found, language, zone)


def fix(found: Finding, language: str) -> str:
    """What is to be done; empty where nothing is."""
    return _filled(SENTENCES[found.code][1], found, language, "UTC")


def level(found: Finding, language: str) -> str:
    """ok, hint or wrong."""
    return catalogue(language).gettext(LEVELS[found.level])


def check(found: Finding, language: str) -> str:
    """What was looked at."""
    return catalogue(language).gettext(CHECKS[found.check])


def _filled(text: str, found: Finding, language: str, zone: str) -> str:
    if not text:
        return ""
    values = {name: dates.moment(int(str(value)), zone, language) if name in _TIMES else value for name, value in found.values.items()}
    if found.check == "mail" and (said := MAIL.get(str(values["said"]))):
        values["said"] = catalogue(language).gettext(said)
    return catalogue(language).gettext(text) % values
