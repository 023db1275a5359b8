"""Every table and index, once.

The account stands first in every primary and unique key but for the directory (account, site, user, login session,
link), which is replicated when the rest is sharded. Ids are 16 bytes and come from the tag or the collector, times are
UTC milliseconds, flags are small integers, JSON is text: so that SQLite and PostgreSQL answer alike.
Columns about a person carry `info={"personal": kind}`; erasure and the access file read that list. Those that hold what a person typed or
is called have a type of `store.sealed`: sealing reads it.
Raw rows are appended; tables marked derived can be made again from them (`webleads rebuild`).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, SmallInteger, Table, Text, UniqueConstraint, text

from . import sealed
from .sealed import Sealed, SealedBytes, SealedEdit, SealedList, SealedObject, SealedTraits

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = LargeBinary(16)
TIME = BigInteger


def _col(name: str, kind: Any, **more: Any) -> Column[Any]:
    more.setdefault("nullable", False)
    return Column(name, kind, **more)


def _key(name: str, kind: Any) -> Column[Any]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def _personal(name: str, kind: Any = Text, of: str = "lead", **more: Any) -> Column[Any]:
    return _col(name, kind, info={"personal": of}, **more)


def _table(name: str, *columns: Any, kind: str) -> Table:
    made = Table(name, metadata, *columns, info={"kind": kind}, sqlite_with_rowid=False)
    for column, passes in sealed.columns(made).items():
        passes.place = f"{name}.{column}"
    return made


def _only(dialect: str, name: str, *columns: str) -> Index:
    """An index of one of the two databases."""
    return Index(name, *columns, info={"only": dialect}).ddl_if(dialect=dialect)


def indexes(table: Table, dialect: str) -> list[Index]:
    """The indexes that a table has on one of the two databases."""
    return sorted((one for one in table.indexes if one.info.get("only", dialect) == dialect), key=lambda one: str(one.name))


def _counts() -> list[Column[Any]]:
    """Counts of one day of a site (`domain.rollups`)."""
    return [
        _key("account_id", Integer),
        _key("site_id", BigInteger),
        _key("day", Integer),  # days since 1970, in the site's zone
        _key("kind", Text),
        _key("key", Text),
        *(_col(name, BigInteger) for name in ("visits", "views", "leads", "conversions")),
        _col("heard_at", TIME),  # of kind `site`: when the newest event of that day was received
    ]


# The directory ----------------------------------------------------------------------------------------------------

account = _table(
    "account",
    _key("id", Integer),
    _col("name", Text),
    _col("created_at", TIME),
    _col("stale", BigInteger, default=0),  # not 0: its derived rows are to be made again
    _col("scored_at", TIME, default=0),  # scores are those of this time: the day that the clock last began
    kind="directory",
)

site = _table(
    "site",
    _key("id", BigInteger),
    _col("account_id", Integer),
    _col("domain", Text),
    _col("name", Text),
    _col("consent", Text),  # required | granted | off
    _col("reason", Text),  # why consent is taken as granted, in the owner's words
    _col("hosts", Text),  # JSON list of other host names that may carry the tag
    _col("kept", Text),  # JSON list of URL parameters kept by name
    _col("country", Text),  # national phone numbers are read as its own
    _col("zone", Text),
    _col("created_at", TIME),
    _col("archived_at", TIME, nullable=True),  # since then nothing is taken from its pages, and screens leave it out
    Index(None, "account_id"),
    kind="directory",
)

user = _table(
    "user",
    _key("id", ID),
    _col("account_id", Integer),
    _personal("email", of="user"),
    _col("password", Text),  # argon2id
    _col("role", Text),  # owner | marketer | viewer
    _col("language", Text),
    _col("created_at", TIME),
    _col("zone", Text, default=""),  # empty: each site's own
    _col("opens", ID, nullable=True),  # the view that the list of leads opens with
    UniqueConstraint("email"),
    kind="directory",
)

login_session = _table(
    "login_session",
    _key("token", LargeBinary(32)),  # SHA-256 of what the browser holds
    _col("user_id", ID),
    _col("created_at", TIME),
    _col("expires_at", TIME),
    _col("seen_at", TIME, default=0),  # to the hour
    _personal("agent", of="user", default=""),  # browser and system, in words
    Index(None, "user_id"),
    kind="directory",
)

link = _table(
    "link",
    _key("token", LargeBinary(32)),
    _col("account_id", Integer),
    _col("purpose", Text),  # setup | login | invite | reset
    _col("user_id", ID, nullable=True),
    _col("expires_at", TIME),
    kind="directory",
)

sealing = _table(
    "sealing",  # the keys that values are sealed with; empty where sealing is off
    _key("key", Text),  # its name
    _col("state", Text),  # sealing: values are being sealed with it | sealed: all are | leaving: no value is to keep it
    _col("proof", Text),  # a known text, sealed: tells whether a key file has the key
    _col("at", TIME),
    kind="directory",
)

# Raw --------------------------------------------------------------------------------------------------------------

event = _table(
    "event",
    _key("account_id", Integer),
    _key("month", Integer),  # yyyymm of the id's own time: a partition can be found from the id alone
    _key("id", ID),
    _col("site_id", BigInteger),
    _col("type", SmallInteger),  # place in domain.events.TYPES
    _col("at", TIME),
    _col("received_at", TIME),
    _personal("visitor", of="visitor", nullable=True),
    _col("page", Text),
    _col("n", Integer),
    _personal("url", of="visitor"),
    _personal("data", SealedTraits(), of="visitor"),  # JSON: the keys of its type
    _col("marks", SmallInteger),
    Index(
        "ix_event_visitor",
        "account_id",
        "visitor",
        sqlite_where=text("visitor IS NOT NULL"),
        postgresql_where=text("visitor IS NOT NULL"),
    ),
    kind="raw",
)

refused = _table(
    "refused",
    _key("account_id", Integer),
    _key("id", ID),
    _col("site_id", BigInteger),
    _col("received_at", TIME),
    _col("reason", Text),
    _personal("body", SealedBytes(), of="visitor"),
    Index(None, "account_id", "site_id", "received_at"),
    kind="raw",
)

refused_count = _table(
    "refused_count",
    _key("account_id", Integer),  # 0 for a site that nobody knows
    _key("site_id", BigInteger),
    _key("day", Integer),
    _key("reason", Text),
    _col("n", BigInteger),
    kind="raw",
)

submission = _table(
    "submission",
    _key("account_id", Integer),
    _key("id", ID),  # the id of its form_submit event
    _col("site_id", BigInteger),
    _col("token", Text),  # the tag's submission id; results name it
    _col("at", TIME),
    _personal("visitor", of="visitor", nullable=True),
    _col("form", Text),
    _col("how", Text),
    _personal("action"),
    _personal("url"),
    _col("marks", SmallInteger),
    _col("received_at", TIME),
    UniqueConstraint("account_id", "site_id", "token"),
    Index(None, "account_id", "visitor"),
    kind="raw",
)

submission_field = _table(
    "submission_field",
    _key("account_id", Integer),
    _key("submission_id", ID),
    _key("place", SmallInteger),
    _col("name", Text),
    _col("field_id", Text),
    _col("label", Text),
    _col("hint", Text),
    _col("type", Text),
    _col("autocomplete", Text),
    _personal("value", Sealed(), nullable=True),
    _personal("text", Sealed(), nullable=True),
    _col("checked", SmallInteger, nullable=True),
    _col("preset", SmallInteger),
    _col("withheld", Text, nullable=True),
    _col("cut", SmallInteger),
    kind="raw",
)

submission_result = _table(
    "submission_result",
    _key("account_id", Integer),
    _key("id", ID),  # the id of its form_result event
    _col("site_id", BigInteger),
    _col("token", Text),
    _col("result", Text),  # confirmed | failed | unknown
    _col("by", Text),
    _col("at", TIME),
    Index(None, "account_id", "site_id", "token"),
    kind="raw",
)

identifier = _table(
    "identifier",
    _key("account_id", Integer),
    _key("id", ID),  # HMAC of type and value under the collector's secret
    _col("type", Text),  # email | phone
    _personal("value", Sealed()),
    _col("lead_id", ID),  # minted once, with the identifier
    _col("created_at", TIME),
    Index(None, "account_id", "lead_id"),
    kind="raw",
)

edge = _table(
    "edge",
    _key("account_id", Integer),
    _key("id", ID),
    _personal("visitor", of="visitor"),
    _col("identifier_id", ID),
    _col("submission_id", ID, nullable=True),
    _col("kind", Text),  # domain.identity.KINDS; a reset has no identifier
    _col("strength", SmallInteger),
    _col("at", TIME),
    _col("site_id", BigInteger, default=0),  # 0: its submission's
    _personal("said", SealedObject(), default=""),  # of identify and login what the site said (JSON); of email_link the link's id (hex)
    Index(None, "account_id", "visitor"),
    Index(None, "account_id", "identifier_id"),
    kind="raw",
)

mail_link = _table(
    "mail_link",
    _key("account_id", Integer),
    _key("id", ID),  # of the token in the link, which is not kept
    _col("identifier_id", ID),
    _col("actor", Text),
    _col("at", TIME),
    _col("expires_at", TIME),
    Index(None, "account_id", "identifier_id"),
    kind="raw",
)

merge = _table(
    "merge",
    _key("account_id", Integer),
    _key("id", ID),
    _col("from_lead", ID),
    _col("into_lead", ID),
    _col("actor", Text),  # a user's id in hex; empty: the command line
    _personal("reason", Sealed()),
    _col("at", TIME),
    Index(None, "account_id", "from_lead"),
    Index(None, "account_id", "into_lead"),
    kind="raw",
)

unmerge = _table(
    "unmerge",
    _key("account_id", Integer),
    _key("id", ID),
    _col("merge_id", ID),
    _col("actor", Text),
    _col("at", TIME),
    Index(None, "account_id", "merge_id"),
    kind="raw",
)

edit = _table(
    "edit",
    _key("account_id", Integer),
    _key("id", ID),
    _col("lead_id", ID),
    _col("kind", Text),  # domain.edits.KINDS
    _col("name", Text),
    _personal("value", SealedEdit()),
    _col("actor", Text),  # a user's id in hex; empty: the command line
    _col("at", TIME),
    _col("bulk_id", ID, nullable=True),  # of many leads at once
    Index(None, "account_id", "lead_id"),
    Index("ix_edit_bulk", "account_id", "bulk_id", sqlite_where=text("bulk_id IS NOT NULL"), postgresql_where=text("bulk_id IS NOT NULL")),
    kind="raw",
)

bulk = _table(
    "bulk",  # one change of all leads that a list held
    _key("account_id", Integer),
    _key("id", ID),
    _col("kind", Text),  # of its edits: domain.edits.KINDS
    _personal("value", SealedEdit(), default=""),  # and what they say
    _col("actor", Text),
    _col("at", TIME),
    _col("asked", Integer, default=0),  # leads that it is of
    _col("done", Integer, default=0),  # of them, those that have been gone through
    _col("n", Integer),  # of those, the ones that were not so before
    _col("state", Text),  # running | done | undoing | undone
    # Their ids, fixed when it began; while it is taken back, the last edit that was; then empty.
    _col("leads", LargeBinary, default=b""),
    Index(None, "account_id", "at"),
    kind="raw",
)

view = _table(
    "view",  # a list of leads that somebody has given a name
    _key("account_id", Integer),
    _key("id", ID),
    _col("user_id", ID),
    _col("name", Text),
    _personal("asked", Sealed(), of="user"),  # the address's query: it may name a person
    _col("shared", SmallInteger),
    _col("at", TIME),
    kind="raw",
)

consent = _table(
    "consent",
    _key("account_id", Integer),
    _key("id", ID),
    _col("purpose", Text),  # tracking (of a visitor) | marketing (to a lead)
    _personal("visitor", of="visitor", nullable=True),
    _col("lead_id", ID, nullable=True),
    _col("submission_id", ID, nullable=True),
    _col("site_id", BigInteger),
    _col("state", Text),  # granted | denied
    _col("text", Text),
    _col("text_version", Text),
    _col("language", Text),
    _col("how", Text),
    _col("proof", Text),  # SHA-256 of the secret that opens /me
    _col("at", TIME),
    Index(None, "account_id", "visitor"),
    Index(
        "ix_consent_lead",
        "account_id",
        "lead_id",
        sqlite_where=text("lead_id IS NOT NULL"),
        postgresql_where=text("lead_id IS NOT NULL"),
    ),
    kind="raw",
)

suppression = _table(
    "suppression",
    _key("account_id", Integer),
    _key("id", ID),  # the identifier's HMAC: stops imports and back-stitching, never a new request
    _col("reason", Text),
    _col("at", TIME),
    kind="raw",
)

goal = _table(
    "goal",
    _key("account_id", Integer),
    _key("goal_id", ID),
    _key("at", TIME),  # each change is a row of its own: from then on the goal reads so
    _col("name", Text),
    _col("kind", Text),  # page | event | form | click
    _col("pattern", Text),
    _col("site_id", BigInteger),  # 0 for every site
    _col("value", BigInteger),  # of one conversion, in the currency's smallest unit
    _col("currency", Text),
    _col("active", SmallInteger),
    _col("actor", Text),
    kind="raw",
)

cost_import = _table(
    "cost_import",
    _key("account_id", Integer),
    _key("id", ID),  # SHA-256 of the file, cut: the same file twice is one
    _col("name", Text),
    _col("at", TIME),
    _col("actor", Text),
    _col("bad", Integer),  # rows that could not be read
    kind="raw",
)

cost = _table(
    "cost",
    _key("account_id", Integer),
    _key("import_id", ID),
    _key("line", Integer),  # in the file
    _col("day", Integer),  # days since 1970
    _col("source", Text),
    _col("medium", Text),
    _col("campaign", Text),
    _col("amount", BigInteger),  # in the currency's smallest unit
    _col("currency", Text),
    Index(None, "account_id", "day"),
    kind="raw",
)

run = _table(
    "run",  # a report of attribution that was kept: its figures stay as they were told
    _key("account_id", Integer),
    _key("id", ID),
    _col("at", TIME),
    _col("name", Text),
    _col("actor", Text),
    _col("asked", Text),  # JSON: model, look-back, transforms, period, what was counted
    _col("rules", Text),  # version of the list of sources
    _col("code", Text),  # version of the product
    _col("figures", Text),  # JSON
    kind="raw",
)

kept_count = _table("kept_count", *_counts(), kind="raw")  # what rollups count of rows that purge and erasure deleted

scoring = _table(
    "scoring",
    _key("account_id", Integer),
    _key("id", ID),  # the newest stands
    _col("rules", Text),  # JSON of domain.scoring.Rules
    _col("actor", Text),
    _col("at", TIME),
    kind="raw",
)

retention = _table(
    "retention",
    _key("account_id", Integer),
    _key("site_id", BigInteger),  # 0: of every site that has no limit of its own
    _key("kind", Text),  # domain.retention.KINDS
    _col("months", Integer),
    _col("days", Integer),
    kind="raw",
)

# The visitor's own view -------------------------------------------------------------------------------------------

me_session = _table(
    "me_session",  # ten minutes in which a browser, or whoever followed a confirmed link, reads and changes what is its own
    _key("account_id", Integer),
    _key("token", LargeBinary(32)),  # SHA-256 of what the browser holds
    _col("site_id", BigInteger),
    _personal("visitor", of="visitor", nullable=True),  # who has shown the secret of that id
    _col("lead_id", ID, nullable=True),  # whose address a link has confirmed
    _col("request_id", ID, nullable=True),  # what the link was sent for
    _col("language", Text),
    _col("created_at", TIME),
    _col("expires_at", TIME),
    Index(None, "account_id", "visitor"),
    Index(None, "account_id", "lead_id"),
    kind="raw",
)

request = _table(
    "request",  # what somebody asked for about their own data
    _key("account_id", Integer),
    _key("id", ID),
    _col("kind", Text),  # domain.requests.KINDS: access | correction | erasure | objection | withdrawal
    _col("lead_id", ID, nullable=True),
    _personal("visitor", of="visitor", nullable=True),
    _col("site_id", BigInteger),  # 0 where no site is meant
    _col("by", Text),  # visitor | confirmed | address | person: how far who asks is known
    _personal("said", Sealed()),  # in their own words
    _col("language", Text),
    _col("at", TIME),
    _col("due_at", TIME),
    Index(None, "account_id", "at"),
    Index(None, "account_id", "lead_id"),
    kind="raw",
)

request_step = _table(
    "request_step",  # what was done about it, as proof; no person stands in it
    _key("account_id", Integer),
    _key("id", ID),
    _col("request_id", ID),
    _col("kind", Text),  # domain.requests.STEPS: confirmed | extended | done | refused
    _col("actor", Text),  # a user's id in hex; empty: the command line; visitor: themselves
    _personal("note", Sealed()),
    _col("proof", Text),  # JSON: counts of what was changed
    _col("at", TIME),
    Index(None, "account_id", "request_id"),
    kind="raw",
)

mail = _table(
    "mail",  # what is to be sent; emptied as soon as it was, or has been given up
    _key("account_id", Integer),
    _key("id", ID),
    _col("purpose", Text),  # link: to a lead, to confirm their address | user: to somebody who works here
    _col("lead_id", ID, nullable=True),
    _personal("recipient", Sealed()),
    _personal("content", SealedObject()),  # JSON: subject, text, html
    _col("at", TIME),
    _col("next_at", TIME),
    _col("tries", Integer),
    _col("state", Text),  # waiting | sent | failed
    _col("fault", Text),
    Index(None, "account_id", "state", "next_at"),
    Index(None, "account_id", "lead_id"),
    kind="raw",
)

# Derived ----------------------------------------------------------------------------------------------------------

visitor = _table(
    "visitor",
    _key("account_id", Integer),
    Column("id", Text, primary_key=True, info={"personal": "visitor"}),
    _col("first_at", TIME),
    _col("withdrawn_at", TIME, nullable=True),
    kind="derived",
)

session = _table(
    "session",
    _key("account_id", Integer),
    _key("id", ID),
    _personal("visitor", of="visitor"),
    _col("site_id", BigInteger),
    _col("started_at", TIME),
    _col("ended_at", TIME),
    _col("last_page", Text),  # with ended_at, last_n and last_id: the order of its last event
    _col("last_n", Integer),
    _col("last_id", ID),
    _col("views", Integer),
    _col("events", Integer),
    _col("engaged_ms", BigInteger),
    _personal("entry_page", of="visitor"),
    _col("exit_trace", BigInteger),  # of the last page's URL
    _personal("language", of="visitor"),
    _personal("agent", of="visitor"),
    _col("marks", SmallInteger),
    _col("touch_id", ID),  # the touch that is open
    _col("touch_at", TIME),
    _col("touch_key", Text),
    _col("counted", SmallInteger),  # whether it is a visit; not one that begins with a view told again
    Index(None, "account_id", "visitor", "started_at"),  # not ended_at, which every event would move
    kind="derived",
)

touch = _table(
    "touch",
    _key("account_id", Integer),
    _key("session_id", ID),
    _key("id", ID),
    _col("site_id", BigInteger),
    _col("at", TIME),
    _col("channel", Text),
    _col("source", Text),
    _col("medium", Text),
    _col("campaign", Text),
    _col("term", Text),
    _col("content", Text),
    _col("click_kind", Text),
    _personal("click_id", of="visitor"),
    _col("referrer", Text),
    _personal("landing", of="visitor"),
    kind="derived",
)

span = _table(
    "span",
    _key("account_id", Integer),
    Column("visitor", Text, primary_key=True, info={"personal": "visitor"}),
    _key("from_at", TIME),
    _col("to_at", TIME),  # not included
    _col("lead_id", ID),
    _col("edge_id", ID),  # the evidence
    _col("shared", SmallInteger, default=0),  # whether several people use the device
    Index(None, "account_id", "lead_id"),
    kind="derived",
)

conversion = _table(
    "conversion",
    _key("account_id", Integer),
    _key("id", ID),  # the submission's
    _col("site_id", BigInteger),
    _col("lead_id", ID),  # of a message: its own id
    _col("kind", Text),  # lead | message
    _col("at", TIME),
    _personal("visitor", of="visitor", nullable=True),
    _col("result", Text),
    _col("counted", SmallInteger),
    _col("duplicate_of", ID, nullable=True),
    _col("received_at", TIME),
    _col("digest", ID),  # of site, form, contact and values
    _col("form", Text),
    _personal("url"),
    _personal("email", Sealed()),
    _personal("phone", Sealed()),
    _personal("name", Sealed()),
    _personal("given_name", Sealed()),
    _personal("family_name", Sealed()),
    _personal("organization", Sealed()),
    _personal("subject", Sealed()),
    _personal("message", Sealed()),
    _col("marketing", SmallInteger),
    _col("marketing_text", Text),
    _col("marks", SmallInteger),
    Index(None, "account_id", "lead_id"),
    Index(None, "account_id", "digest"),
    kind="derived",
)

# What a list of leads is narrowed and ordered by; what is read least, and is longest, stands last.
LISTED = (
    *("account_id", "created_at", "id", "kind", "quarantine", "site_id", "points", "last_seen_at", "status", "owner", "marks"),
    *("marketing_consent", "form", "first_channel", "last_channel", "first_source", "last_source", "first_campaign", "last_campaign"),
    *("tags", "page", "search"),
)

lead = _table(
    "lead",
    _key("account_id", Integer),
    _key("id", ID),
    _col("kind", Text),  # lead | message
    _col("created_at", TIME),
    _col("last_seen_at", TIME),
    _personal("name", Sealed()),
    _personal("given_name", Sealed()),
    _personal("family_name", Sealed()),
    _personal("email", Sealed()),
    _personal("phone", Sealed()),
    _personal("organization", Sealed()),
    _personal("message", Sealed()),
    _col("site_id", BigInteger),
    _col("form", Text),
    _personal("page"),
    _col("submissions", Integer),
    _col("visits", Integer),
    *(
        column
        for end in ("first", "last")
        for column in (
            _col(f"{end}_channel", Text),
            _col(f"{end}_source", Text),
            _col(f"{end}_medium", Text),
            _col(f"{end}_campaign", Text),
            _col(f"{end}_at", TIME, nullable=True),
        )
    ),
    _col("marketing_consent", Text),  # granted | none
    _col("marks", SmallInteger),
    _col("status", Text, default=""),  # domain.edits.STATUSES
    _col("owner", Text, default=""),  # a user's id in hex
    _personal("tags", SealedList(), default="[]"),  # JSON list, in order
    _col("quarantine", Text, default=""),  # why it stands apart: signs of domain.spam, with a comma between them; empty: it does not
    _personal("language", default=""),  # of its first visit, as fr-FR
    _personal("search"),  # what the search box reads: folded, without accents; where sealing is on a mark (`store.words`)
    _col("points", Integer, default=-1),  # of its score, in hundredths; -1: it has none
    # Every list, whatever it is narrowed or ordered by, and its count read this alone, but for companies.
    _only("sqlite", "ix_lead_list", *LISTED),
    # PostgreSQL bounds an index row at 2,704 bytes.
    _only(
        "postgresql",
        "ix_lead_listed",
        *("account_id", "created_at", "id", "kind", "first_channel", "first_source", "last_channel", "last_source", "search"),
    ),
    _only("postgresql", "ix_lead_site", "account_id", "site_id", "kind", "created_at", "id"),
    # Who came back (`store.today`). In part, so that no list without a time takes it for an index of an account.
    Index(
        "ix_lead_seen",
        "account_id",
        "last_seen_at",
        sqlite_where=text("last_seen_at IS NOT NULL"),
        postgresql_where=text("last_seen_at IS NOT NULL"),
    ),
    kind="derived",
)

lead_word = _table(
    "lead_word",  # what the search box reads where sealing is on
    _key("account_id", Integer),
    Column("token", LargeBinary(8), primary_key=True, info={"personal": "lead"}),  # HMAC of a word or its beginning, under a sealing key
    _key("lead_id", ID),
    Index(None, "account_id", "lead_id"),
    kind="derived",
)

likeness = _table(
    "likeness",
    _key("account_id", Integer),
    Column("key", ID, primary_key=True, info={"personal": "lead"}),  # HMAC of a name, a phone number or an address without its dots
    _key("lead_id", ID),
    _col("kind", Text),  # name | phone | address
    Index(None, "account_id", "lead_id"),
    kind="derived",
)

score = _table(
    "score",
    _key("account_id", Integer),
    _key("lead_id", ID),
    _col("points", Integer),  # hundredths
    _col("excluded", Text),  # staff | customers | competitors | objected | empty
    _col("rules", LargeBinary),  # the version of the rules; empty for the default ones
    _col("as_of", TIME),
    kind="derived",
)

score_reason = _table(
    "score_reason",
    _key("account_id", Integer),
    _key("lead_id", ID),
    _key("rule", Text),
    _col("points", Integer),  # hundredths; what has faded is 0
    _col("times", Integer),
    _col("first_at", TIME),
    _col("evidence", Text),  # ids of events, sessions, touches or submissions in hexadecimal, the newest first
    kind="derived",
)

score_change = _table(
    "score_change",  # what a day has changed of a score, as it was told then
    _key("account_id", Integer),
    _key("day", Integer),  # days since 1970, UTC
    _key("lead_id", ID),
    _col("before", Integer),  # hundredths
    _col("after", Integer),
    _col("at", TIME),
    Index(None, "account_id", "lead_id"),
    kind="raw",
)

company_lead = _table(
    "company_lead",
    _key("account_id", Integer),
    Column("company", Text, primary_key=True, info={"personal": "lead"}),  # a domain; a name where only a network has told it
    _key("lead_id", ID),
    _col("told_by", Text),  # email | network
    Index(None, "account_id", "lead_id"),
    kind="derived",
)

reached = _table(
    "reached",  # goals, once a session each
    _key("account_id", Integer),
    _key("session_id", ID),
    _key("goal_id", ID),
    _col("at", TIME),
    _personal("visitor", of="visitor"),
    _col("site_id", BigInteger),
    _col("value", BigInteger),
    _col("currency", Text),
    _col("marks", SmallInteger),
    Index(None, "account_id", "visitor"),
    kind="derived",
)

journey = _table(
    "journey",  # the way to a conversion: what every model's credits of it follow from
    _key("account_id", Integer),
    _key("id", ID),  # the conversion's; of a goal it follows from session and goal
    _col("kind", Text),  # lead (its first) | again | opportunity | won | goal
    _col("goal_id", ID, nullable=True),
    _col("lead_id", ID, nullable=True),
    _personal("visitor", of="visitor", nullable=True),
    _col("site_id", BigInteger),
    _col("at", TIME),
    _col("received_at", TIME),
    _col("value", BigInteger),
    _col("currency", Text),
    _col("milestones", Text),  # JSON: when it was a lead, an opportunity, closed
    _personal("way"),  # JSON: the times of the touches before it, and channel, source and campaign of each
    Index(None, "account_id", "lead_id"),
    Index("ix_journey_visitor", "account_id", "visitor", sqlite_where=text("lead_id IS NULL"), postgresql_where=text("lead_id IS NULL")),
    Index(None, "account_id", "at"),
    kind="derived",
)

rollup = _table("rollup", *_counts(), kind="derived")

DERIVED = tuple(t for t in metadata.sorted_tables if t.info["kind"] == "derived")
