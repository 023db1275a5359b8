"""The rows of the audit: a rule each."""

from __future__ import annotations

from typing import NamedTuple

from .language import N_


class Row(NamedTuple):
    """A rule, what answers it, what remains; `settings` and `tests` are names, `look` says what the screen looks at."""

    code: str
    law: str
    rule: str
    answer: str
    duty: str
    settings: tuple[str, ...]
    tests: tuple[str, ...]
    look: str = ""


_JOIN = "tests/actions/test_join.py::test_no_chain_leads_from_a_form_of_audience_mode_to_a_view_or_a_visitor"
_MODES = "tests/browser/test_modes.py::test_in_audience_mode_nothing_is_on_the_device_and_no_id_on_the_wire"
_BORDER = "tests/actions/test_retain.py::test_each_kind_goes_at_its_border"
_TEXTS = "tests/present/test_texts.py::test_each_setting_changes_its_sentence"
_ME, _REQUESTS, _VISITING = "tests/web/test_me.py", "tests/actions/test_requests.py", "tests/actions/test_visiting.py"
_ERASED = "tests/actions/test_erase.py::test_nothing_of_an_erased_person_is_left_in_any_table"

ROWS: tuple[Row, ...] = (
    Row(
        "cnil-purpose",
        "CNIL 1",
        N_("Without consent, visits are measured for the site’s own audience and for nothing else."),
        N_("Audience mode counts pages, reading and clicks; no lead, score or credit is made of it."),
        N_('Use these counts for nothing else. Where you judge advertising by campaigns, ask for consent (data-consent="off").'),
        ("site.consent", "data-consent"),
        (_JOIN,),
        "consent",
    ),
    Row(
        "cnil-anonymous",
        "CNIL 2",
        N_("Only anonymous statistics come of it."),
        N_("No visitor’s number, no IP address, nothing of the browser; times to a quarter of an hour; a page’s id lasts one view."),
        "",
        (),
        (_MODES, "tests/domain/test_privacy.py::test_of_audience_mode_no_time_is_finer_than_a_quarter_of_an_hour"),
    ),
    Row(
        "cnil-crossing",
        "CNIL 3",
        N_("It is not crossed with other data."),
        N_("No chain of equal values leads from a form or a lead to a view of audience mode."),
        "",
        (),
        (_JOIN,),
    ),
    Row(
        "cnil-third",
        "CNIL 4",
        N_("It goes to no third party."),
        N_("The collector sends nothing out by itself; screens and banner load nothing from elsewhere."),
        N_("Your hosting provider is your processor: have its contract."),
        (),
        ("tests/web/test_walk.py::test_every_answer_carries_the_policy",),
    ),
    Row(
        "cnil-sites",
        "CNIL 5",
        N_("Nobody is followed over several sites."),
        N_("Without consent there is nothing to follow; with it, a link takes the number to your own domains only where you say so."),
        N_("Name only your own domains (data-domains)."),
        ("data-domains",),
        ("tests/browser/test_more.py::test_without_consent_no_link_carries_anything",),
    ),
    Row(
        "cnil-separate",
        "CNIL 6",
        N_("What is measured for several publishers stays apart."),
        N_("Each controller is an account; the account stands first in every key."),
        N_("Give each controller an account of its own."),
        ("webleads account add",),
        ("tests/store/test_migrations.py::test_the_account_stands_first_in_every_key",),
    ),
    Row(
        "cnil-ip",
        "CNIL 7",
        N_("The IP address is used to answer, and for nothing that finds somebody."),
        N_("It is neither stored nor logged. With consent and a file of yours, it is looked up for a company and forgotten."),
        "",
        ("WEBLEADS_NETWORKS",),
        ("tests/ingest/test_endpoint.py::test_no_address_is_stored_or_logged",),
        "networks",
    ),
    Row(
        "cnil-life",
        "CNIL 8",
        N_("A tracker lives 13 months at most and is not prolonged."),
        N_("Without consent there is none. With it, the cookie lives 13 months from the day on which it was made."),
        "",
        (),
        ("tests/browser/test_consent.py::test_granted_elsewhere", "tests/domain/test_privacy.py::test_the_cookie_lives_as_long_in_the_tag"),
    ),
    Row(
        "cnil-kept",
        "CNIL 9",
        N_("What is measured is kept 25 months at most."),
        N_("The purge deletes it by itself; the screen takes no longer limit."),
        "",
        ("retention.audience",),
        (_BORDER,),
        "audience",
    ),
    Row(
        "cnil-review",
        "CNIL 10",
        N_("These durations are looked at again from time to time."),
        N_("The screen shows every limit and what is old enough to go; a shorter one is counted out before it holds."),
        N_("Look once a year, and note that you did."),
        ("webleads retention list", "webleads purge"),
        ("tests/web/test_retention.py::test_a_shorter_limit_is_counted_out_before_it_holds",),
    ),
    Row(
        "cnil-told",
        "CNIL 11",
        N_("Visitors are told of it."),
        N_("The privacy text is written from the settings."),
        N_("Publish it, and fill in its brackets."),
        ("webleads site texts",),
        (_TEXTS,),
        "named",
    ),
    Row(
        "cnil-refuse",
        "CNIL 12",
        N_("They may refuse, easily and everywhere."),
        N_("The banner’s buttons are equal, a link opens it again; Global Privacy Control and Do Not Track are heard."),
        N_('Place the link on every page. Counting without a number goes on; data-consent="off" stops that too.'),
        ("data-consent",),
        ("tests/browser/test_more.py::test_the_banner_asks_once_and_can_be_opened_again", "tests/browser/test_consent.py::test_withdrawal"),
    ),
    Row(
        "cnil-device",
        "CNIL 13",
        N_("After a refusal nothing is written to the device."),
        N_("No cookie, storage, database or cache is written; a refusal erases what was there, in other tabs too."),
        "",
        (),
        (_MODES, "tests/browser/test_consent.py::test_another_tab_stops_and_starts_too"),
    ),
    Row(
        "cnil-leads",
        "CNIL 14",
        N_("To know where leads came from is never exempt: it needs consent."),
        N_("Visits are joined to leads in leads mode alone, after a grant that is kept as proof."),
        N_("Where you say that consent is granted elsewhere, state how: webleads site set ID --reason."),
        ("site.consent", "site.reason", "WEBLEADS_CONSENT"),
        (_JOIN,),
        "consent",
    ),
    Row(
        "lil-82",
        "LIL 82",
        N_("Reading or writing on a device needs consent (ePrivacy Directive, article 5(3))."),
        N_(
            "The first thing that is written, the cookie, is written after the grant. Before it the tag only "
            "looks whether its own grant is there."
        ),
        "",
        (),
        (_MODES, "tests/browser/test_consent.py::test_off_sends_nothing_until_consent"),
    ),
    Row(
        "gdpr-5a",
        "GDPR 5(1)(a)",
        N_("Lawful, fair, transparent."),
        N_("The visitor sees what the marketer sees: /me, the score and its reasons too."),
        N_("Place a link to /me on your site."),
        (),
        (_ME,),
    ),
    Row(
        "gdpr-5b",
        "GDPR 5(1)(b), (c)",
        N_("For one purpose, and no more than it needs."),
        N_(
            "Passwords, cards, codes, identities, files and sensitive subjects are withheld in the page and "
            "again in the collector; URLs and titles are masked."
        ),
        N_("Keep no URL parameter by name that tells who somebody is."),
        ("site.kept", "data-webleads-ignore"),
        (
            "tests/domain/test_secrets.py::test_fields_are_withheld_as_the_shared_table_says",
            "tests/browser/test_forms.py::test_no_secret_ever_leaves",
        ),
    ),
    Row(
        "gdpr-5e",
        "GDPR 5(1)(e)",
        N_("No longer than needed."),
        N_("Each kind has a limit, for all sites or for one; what is old goes every hour."),
        N_("Set limits that fit your purposes; leads of prospects usually 36 months after the last contact."),
        ("retention.leads", "retention.history", "retention.refused"),
        (_BORDER, "tests/actions/test_retain.py::test_a_site_has_limits_of_its_own"),
        "retention",
    ),
    Row(
        "gdpr-5f",
        "GDPR 5(2)",
        N_("Able to show it."),
        N_("Consents, edits, merges, requests and what was done about them are appended with who and when."),
        N_("Keep backups of the database: they are your proof."),
        ("webleads backup",),
        (_REQUESTS, "tests/browser/test_consent.py::test_grant_after_landing"),
    ),
    Row(
        "gdpr-6",
        "GDPR 6",
        N_("A legal basis for each purpose."),
        N_("Audience: legitimate interest. Visits joined to a person: consent. A form: the person’s request. The texts say so."),
        N_("Say so in your register, and change the texts where your bases are others."),
        ("webleads site texts",),
        (_TEXTS,),
    ),
    Row(
        "gdpr-7",
        "GDPR 7",
        N_("Consent can be shown, and taken back as easily as it was given."),
        N_(
            "A row holds purpose, version of the text, language, way and time. Taken back, the device is emptied "
            "and later events are refused. Permission to write is a box of its own, unticked before."
        ),
        N_("Keep each version of the text that you published."),
        ("site.reason",),
        (
            "tests/actions/test_leads.py::test_only_a_box_that_the_visitor_ticked_is_a_consent",
            "tests/actions/test_consents.py::test_a_grant_is_kept_with_what_was_shown_and_how",
            "tests/actions/test_record.py::test_after_a_withdrawal_nothing_of_the_visitor_is_taken",
        ),
        "consent",
    ),
    Row(
        "gdpr-9",
        "GDPR 9, 10",
        N_("No health, religion, union, politics, sex life or offences."),
        N_("Fields that ask for them are withheld by their words."),
        N_("Ask for none; what somebody writes of themselves in a message is kept."),
        (),
        ("tests/domain/test_secrets.py::test_fields_are_withheld_as_the_shared_table_says",),
    ),
    Row(
        "gdpr-11",
        "GDPR 11",
        N_("Nobody need be identified only to answer them."),
        N_("An unconfirmed browser sees and erases its own visits; field values stay masked until a link to the address is followed."),
        "",
        (),
        (_VISITING, _ME),
    ),
    Row(
        "gdpr-12",
        "GDPR 12",
        N_("Plain words, without delay, within a month, for nothing."),
        N_("Requests stand in a list with the day on which they are due; most are done at once by the visitor."),
        N_("Answer the others in time."),
        (),
        (_REQUESTS,),
        "letters",
    ),
    Row(
        "gdpr-13",
        "GDPR 13, 14",
        N_("People are told who, why, how long, and their rights."),
        N_("The generator writes it from the settings, in French and English; its version goes with the consent."),
        N_("Fill in who you are, where the data are and whom to write to; publish it."),
        ("webleads site texts",),
        (_TEXTS,),
        "named",
    ),
    Row(
        "gdpr-15",
        "GDPR 15",
        N_("Access."),
        N_("/me shows and gives everything that is known, with sources, score and why."),
        "",
        (),
        (_ME, _VISITING),
    ),
    Row(
        "gdpr-16",
        "GDPR 16, 19",
        N_("Rectification, told to whoever received the data."),
        N_("A visitor corrects a field, or somebody does for them; who said what is kept."),
        N_("Tell those to whom you gave exports."),
        ("webleads lead edit",),
        (_ME,),
    ),
    Row(
        "gdpr-17",
        "GDPR 17",
        N_("Erasure."),
        N_("Everything of a person goes from every table; a restored backup is erased again; counts stay."),
        N_("Delete exports that you keep elsewhere, and old backups."),
        ("webleads erase",),
        (
            _ERASED,
            "tests/actions/test_erase.py::test_after_vacuum_no_byte_of_the_file_tells",
            "tests/test_upkeep.py::test_who_was_erased_after_the_backup_is_erased_again",
        ),
    ),
    Row(
        "gdpr-18",
        "GDPR 18",
        N_("Restriction."),
        N_("There is no switch for it. A withdrawal stops what is collected; a request of that kind is noted and dealt with by hand."),
        N_("Export the person, erase them here, keep the export apart while the matter is open."),
        ("webleads leads export",),
        (_REQUESTS,),
    ),
    Row("gdpr-20", "GDPR 20", N_("Portability."), N_("/me gives a JSON file and a page to read."), "", (), (_ME,)),
    Row(
        "gdpr-21",
        "GDPR 21",
        N_("Objection."),
        N_("A visitor objects on /me, or by a refusal, Global Privacy Control or Do Not Track."),
        N_("Stop writing to whoever objects."),
        (),
        (_REQUESTS, "tests/browser/test_consent.py::test_a_refusing_browser_wins_over_the_page_and_not_over_its_user"),
    ),
    Row(
        "gdpr-22",
        "GDPR 22",
        N_("No decision by machine alone."),
        N_("Scores order a list; each point has its reason and its rows, and the visitor sees them."),
        N_("Let a person decide."),
        ("webleads scoring show",),
        ("tests/actions/test_scores.py::test_every_rule_of_a_story_gives_its_points_with_its_rows",),
    ),
    Row(
        "gdpr-25",
        "GDPR 25",
        N_("By design and by default."),
        N_("As installed, nothing is kept on a device before consent, no company is looked up, and every limit is set."),
        "",
        ("WEBLEADS_CONSENT", "WEBLEADS_NETWORKS"),
        (_MODES, "tests/store/test_migrations.py::test_the_first_account_has_the_defaults_of_retention"),
    ),
    Row(
        "gdpr-28",
        "GDPR 28, 44",
        N_("Processors by contract; no transfer without a ground."),
        N_("The collector is yours and asks nobody; it runs where you put it."),
        N_("A contract with your host and whoever sends your mail; choose where they are."),
        (),
        (),
        "carrier",
    ),
    Row(
        "gdpr-30",
        "GDPR 30",
        N_("A record of processing."),
        N_("The texts and this page hold what it asks: purposes, kinds, durations, measures."),
        N_("Copy them into your register."),
        ("webleads site texts", "webleads retention list"),
        (_TEXTS,),
    ),
    Row(
        "gdpr-32",
        "GDPR 32",
        N_("Security."),
        N_(
            "Roles, slowed guessing, forms bound to their login, files for the owner alone, logs without a "
            "person, backups that are read back; personal fields can be sealed."
        ),
        N_("https, updates, a safe place for backups and the secret."),
        ("WEBLEADS_URL", "WEBLEADS_SEAL", "webleads backup"),
        (
            "tests/test_canaries.py::test_no_canary_in_logs_metrics_and_error_bodies",
            "tests/web/test_walk.py::test_a_screen_is_shown_to_who_may_and_to_nobody_else",
            "tests/store/test_writer.py::test_files_of_the_database_are_the_owners_alone",
        ),
        "sealed",
    ),
    Row(
        "gdpr-33",
        "GDPR 33, 34",
        N_("Breaches are told within 72 hours."),
        N_("webleads doctor and the log say what is wrong; the tables say whom it may concern."),
        N_("Tell the authority, and those concerned."),
        ("webleads doctor",),
        (),
    ),
    Row(
        "gdpr-35",
        "GDPR 35",
        N_("An impact assessment where the risk is high."),
        N_("This page is its list of measures."),
        N_("See whether you need one: large scale, or scores that decide."),
        (),
        (),
    ),
)
