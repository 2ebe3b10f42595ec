"""Who gets what from every address: the written table that `test_roles_matrix` holds the site to.

A new address needs one row here. Run `pytest tests/test_roles_matrix.py`: the failure prints the
row as the site behaves now. Paste it only after reading each cell: the table is the promise, the
site is what is tested.

An outcome is a status code, or one of

    login     sent to the login page
    secret    sent to prove again who they are (change of password or second factors)
    setup     sent to set up a second factor
    no-admin  sent to the admin's door, where who is no secretariat is refused
    >name     sent to the address of that name (or to that path)

A cell is (GET, POST); HEAD answers as GET does. POST is sent without any data: 405 where only
reading is possible, 200 or 302 where the form would come back or act.
"""

from collections.abc import Mapping
from dataclasses import dataclass

ROLES = (
    "anonymous",  # nobody known
    "member",  # main contact of a current member
    "lapsed",  # contact of an organisation that has left
    "coming",  # contact of a current member from a day that lies ahead
    "officer",
    "contractor",
    "auditor",
    "administrator",
    "unprotected",  # an administrator without a second factor
)
STAFF = ("officer", "contractor", "auditor", "administrator")

Outcome = int | str
Cell = tuple[Outcome, Outcome]
SETUP: Cell = ("setup", "setup")


@dataclass(frozen=True)
class Row:
    cells: Mapping[str, Cell]

    def expected(self, role: str, method: str) -> Outcome:
        get, post = self.cells[role]
        return post if method == "POST" else get


def row(
    anonymous: Cell,
    member: Cell,
    staff: Cell,
    *,
    unprotected: Cell = SETUP,
    lapsed: Cell | None = None,
    **single: Cell,
) -> Row:
    """Cells by kind of person; `lapsed` is as `member`, and a single staff role may differ.

    Who is to come may do what who has left may do.
    """
    cells = dict.fromkeys(STAFF, staff) | single
    return Row(
        {
            "anonymous": anonymous,
            "member": member,
            "lapsed": lapsed or member,
            "coming": lapsed or member,
            "unprotected": unprotected,
            **cells,
        }
    )


def same(cell: Cell, *, unprotected: Cell = SETUP) -> Row:
    """Everybody the same."""
    return row(cell, cell, cell, unprotected=unprotected)


def own(cell: Cell, *, unprotected: Cell = SETUP) -> Row:
    """Everybody who is logged in the same."""
    return row(("login", "login"), cell, cell, unprotected=unprotected)


def staff(cell: Cell, **single: Cell) -> Row:
    """The secretariat; `staff(OK, contractor=NO)` for what a role may not do."""
    return row(("login", "login"), ("no-admin", "no-admin"), cell, **single)


def second_step() -> Row:
    """A page that needs a login under way: without one to the start, after one onward."""
    onward = (">/admin/", ">/admin/")
    return row(("login", "login"), (">/my/", ">/my/"), onward, unprotected=onward)


def contacts(get: Outcome, post: Outcome) -> Row:
    """For who acts for the organisation today; to all others the same as if it were not there."""
    gone = (404 if get != 405 else 405, 404 if post != 405 else 405)
    return row(("login", "login"), (get, post), gone, lapsed=gone)


def runners(get: Outcome, post: Outcome) -> Row:
    """For those who run the body; a member who merely sits in it finds nothing there."""
    gone = (404 if get != 405 else 405, 404 if post != 405 else 405)
    return row(("login", "login"), gone, (get, post), auditor=gone)


def site_page(cell: Cell) -> Row:
    """A page of the admin as a whole: strangers too are sent to its door, and on to the login."""
    return row(("no-admin", "no-admin"), ("no-admin", "no-admin"), cell)


READ: Cell = (200, 405)  # a page that is only read
FORM: Cell = (200, 200)  # a form that comes back when sent empty
NO: Cell = (403, 403)
GONE: Cell = (404, 404)
SECRET: Cell = ("secret", "secret")

# --- the site -----------------------------------------------------------------------------------

ROWS: dict[str, Row] = {
    # public pages
    "portal:home": same(READ),
    "portal:about": same(READ),
    "portal:privacy": same(READ),
    "portal:accessibility": same(READ),
    "portal:sitemap": same(READ),
    "portal:healthz": same(READ),
    "portal:readyz": same(READ),
    "members:directory": same(READ),
    "members:export": same(READ),
    "members:profile": same(READ),
    # applying: no account, only the link; here of a draft, which is nothing to retract yet
    "members:apply": same(FORM),
    "members:apply_sent": same(READ),
    "members:application": same(FORM),
    "members:application_step": same(FORM),
    "members:application_check": same(FORM),
    "members:application_retract": same((302, 302)),
    "newsletter:archive": same(READ),
    "newsletter:issue": same(READ),
    # GET asks, POST acts, without login: RFC 8058
    "mailing:unsubscribe": same((200, 200)),
    # papers: here one that its body alone reads; the member sits in it without leading it
    "materials:search": same(READ),
    "materials:open": row((404, 405), READ, READ, lapsed=(404, 405)),
    "materials:version": row(
        ("login", "login"), (404, 405), READ, auditor=(404, 405)
    ),
    "meetings:zip": row((404, 405), READ, READ, lapsed=(404, 405)),
    # the workroom for papers
    "meetings:papers": runners(200, 405),
    "meetings:papers_add": runners(200, 200),
    "bodies:papers": runners(200, 405),
    "bodies:papers_add": runners(200, 200),
    "materials:edit": runners(200, 200),
    "materials:replace": runners(200, 200),
    "materials:withdraw": runners(200, 200),
    "materials:restore": runners(405, 302),
    "materials:move": runners(405, 302),
    "materials:readers": runners(200, 405),
    # the end of looking with a member's eyes; here nobody had begun
    "papers:viewing_end": own((405, 302)),
    # the workroom for meetings: the world's one is announced, its minutes are begun
    "bodies:run": runners(200, 405),
    "bodies:meeting_add": runners(200, 200),
    "meetings:run": runners(200, 405),
    "meetings:edit": runners(200, 200),
    "meetings:announce": runners(200, 200),
    "meetings:cancel": runners(200, 200),
    "meetings:discard": runners(200, 302),
    "meetings:invite": runners(405, 302),
    "meetings:resend": runners(405, 302),
    "meetings:take_reply": runners(200, 200),
    "meetings:attendance": runners(200, 200),
    # by the link of a letter, and by the address of a calendar: whoever has it
    "meetings:reply": same((200, 200)),
    "meetings:reply_ics": same(READ),
    "calendar:feed": same(READ),
    "meetings:ics": same(READ),
    "papers:calendar": own((200, 302)),
    # minutes: here published ones of a body that its members read; written by those who run it
    "minutes:minutes": same(READ),
    "minutes:pdf": same(READ),
    "minutes:check": same(FORM),
    "minutes:start": runners(302, 302),
    "minutes:edit": runners(200, 409),
    "minutes:settings": runners(200, 200),
    "minutes:speakers": runners(200, 200),
    "minutes:chair": runners(200, 200),
    "minutes:take_answer": runners(200, 200),
    "minutes:back": runners(405, 302),
    "minutes:finish": runners(200, 302),
    "minutes:publish": runners(200, 200),
    "minutes:correct": runners(200, 200),
    "minutes:edition": runners(200, 405),
    # bodies and subcommittees are known to all; what may be read on their pages is another table
    "bodies:body": same((302, 405)),
    "bodies:meetings": same((302, 405)),
    "bodies:members": same((302, 405)),
    "meetings:meeting": same(READ),
    "subcommittees:list": same(READ),
    "subcommittees:subcommittee": same(READ),
    "subcommittees:meetings": same(READ),
    "subcommittees:members": same(READ),
    "subcommittees:of_body": same((302, 405)),
    "subcommittees:join": own(FORM),
    "subcommittees:leave": contacts(200, 200),
    # who leads it decides; here the member does not lead; the contractor reads but decides nothing
    "subcommittees:requests": row(
        ("login", "login"), (404, 405), READ, auditor=(404, 405)
    ),
    "subcommittees:request": row(
        ("login", "login"), GONE, FORM, contractor=(200, 302), auditor=GONE
    ),
    "subcommittees:retract": own((405, 404)),
    "papers:papers": own(READ),
    # a member's own page
    "portal:my": own(READ),
    "portal:my_magazine": own((405, 404)),  # 404: no mailbox of one's own is named
    # what a contact does for the organisation in the address
    "organizations:home": contacts(200, 405),
    "organizations:history": contacts(200, 405),
    "organizations:magazine": contacts(405, 404),  # no mailbox is named
    "organizations:edit": contacts(200, 200),
    "organizations:add": contacts(200, 200),
    "organizations:correct": contacts(200, 200),
    "organizations:end": contacts(200, 200),
    "organizations:handover": contacts(200, 200),
    "organizations:handover_cancel": contacts(405, 302),
    "organizations:change": contacts(200, 200),
    "organizations:request": contacts(200, 405),
    "organizations:request_answer": contacts(405, 200),
    "organizations:request_retract": contacts(405, 302),
    "organizations:withdraw": contacts(200, 200),
    "organizations:withdraw_retract": contacts(405, 404),  # there is none
    # login
    "account_login": row(FORM, (">/my/", ">/my/"), (">/admin/", ">/admin/"),
                         unprotected=(">/admin/", ">/admin/")),
    "account_logout": row((">/", ">/"), (200, ">/"), (200, ">/"), unprotected=(200, ">/")),
    "account_inactive": same(READ, unprotected=READ),
    "account_signup": row((200, 200), (">/my/", ">/my/"), (">/admin/", ">/admin/"),
                          unprotected=(">/admin/", ">/admin/")),
    "account_reset_password": same(FORM, unprotected=FORM),
    "account_reset_password_done": same(READ, unprotected=READ),
    "account_reset_password_from_key": same((200, 200), unprotected=(200, 200)),
    "account_reset_password_from_key_done": same(READ, unprotected=READ),
    # whoever has the letter may choose the first password
    "account_welcome": same(FORM, unprotected=FORM),
    "account_confirm_email": same((200, 404), unprotected=(200, 404)),
    "account_email_verification_sent": same(READ, unprotected=READ),
    "account_confirm_login_code": second_step(),
    # one's own account
    "account_reauthenticate": own(FORM, unprotected=FORM),
    "account_email": own((200, ">account_email"), unprotected=(200, ">account_email")),
    "account_change_password": own(FORM, unprotected=FORM),  # asks for the old one
    "account_set_password": own(
        (">account_change_password", ">account_change_password"),
        unprotected=(">account_change_password", ">account_change_password"),
    ),
    "usersessions_list": own((200, ">usersessions_list"), unprotected=(200, ">usersessions_list")),
    # second factors: seen by their owner, changed after proving again who it is
    "mfa_index": own(READ, unprotected=READ),
    "mfa_list_webauthn": own(READ, unprotected=READ),
    "mfa_activate_totp": own(SECRET, unprotected=SECRET),
    "mfa_add_webauthn": own(SECRET, unprotected=SECRET),
    "mfa_edit_webauthn": own(SECRET, unprotected=SECRET),
    "mfa_remove_webauthn": own(SECRET, unprotected=SECRET),
    "mfa_generate_recovery_codes": own(SECRET, unprotected=SECRET),
    "mfa_reauthenticate_webauthn": own(SECRET, unprotected=SECRET),
    # only whoever has an authenticator app finds it, or codes, there
    "mfa_deactivate_totp": row(("login", "login"), GONE, SECRET, unprotected=GONE),
    "mfa_download_recovery_codes": row(("login", "login"), GONE, SECRET, unprotected=GONE),
    "mfa_view_recovery_codes": row(("login", "login"), (404, 405), ("secret", 405),
                                   unprotected=(404, 405)),
    "mfa_reauthenticate": row(("login", "login"), SECRET, FORM, unprotected=SECRET),
    # mails that the local server received: nothing at all where there is none
    "mailroom:list": same((404, 405)),
    "mailroom:detail": same((404, 405)),
    "mailroom:html": same((404, 405)),
    "mailroom:source": same((404, 405)),
    "mfa_authenticate": second_step(),
    "mfa_login_webauthn": second_step(),
}  # fmt: skip

# --- the admin ----------------------------------------------------------------------------------

# What each role may do with each model there: v view, a add, c change, d delete.
# Nobody deletes what the trail speaks of.
RIGHTS: dict[str, dict[str, str]] = {
    "accounts_user": {"administrator": "vac", "officer": "v", "auditor": "v"},
    "core_change": {"administrator": "v", "auditor": "v"},
    "core_act": {"administrator": "v", "auditor": "v"},
    "core_changeset": {"administrator": "v", "officer": "v", "auditor": "v"},
    "members_organization": {
        "administrator": "vac", "officer": "vac", "contractor": "vc", "auditor": "v",
    },
    # read on its record, moved by acts
    "members_membershipapplication": {
        "administrator": "va", "officer": "va", "contractor": "va", "auditor": "v",
    },
    # seats and the committee's own are decided by the secretariat's own staff; the rest is written
    # in the workroom
    "meetings_body": {
        "administrator": "vac", "officer": "vac", "contractor": "v", "auditor": "v",
    },
    "subcommittees_subcommittee": {
        "administrator": "vac", "officer": "vac", "contractor": "v", "auditor": "v",
    },
    **dict.fromkeys(
        (
            "meetings_seat", "meetings_meeting", "meetings_material", "meetings_minutes",
            "subcommittees_participationrequest",
        ),
        dict.fromkeys(("administrator", "officer", "contractor", "auditor"), "v"),
    ),
    # periods begin and end by acts of their own
    "members_membership": {
        "administrator": "v", "officer": "v", "contractor": "v", "auditor": "v",
    },
    # a contractor prepares the list; opening and deciding a round is not a contractor's
    "members_decisionbatch": {
        "administrator": "vac", "officer": "vac", "contractor": "v", "auditor": "v",
    },
    # read on its record, decided by acts; the note of the secretariat is written there
    "members_withdrawal": {
        "administrator": "vac", "officer": "vac", "contractor": "vac", "auditor": "v",
    },
    "members_changerequest": {
        "administrator": "vac", "officer": "vac", "contractor": "vac", "auditor": "v",
    },
    # a contractor calls down the list; opening and sending a round is not a contractor's
    "members_confirmationround": {
        "administrator": "vac", "officer": "vac", "contractor": "v", "auditor": "v",
    },
    "members_person": {
        "administrator": "vc", "officer": "vc", "contractor": "vc", "auditor": "v",
    },
    "members_affiliation": {
        "administrator": "vc", "officer": "vc", "contractor": "vc", "auditor": "v",
    },
    "mailing_address": {
        "administrator": "v", "officer": "v", "contractor": "v", "auditor": "v",
    },
    "mailing_message": {
        "administrator": "v", "officer": "v", "contractor": "v", "auditor": "v",
    },
    "mailing_envelope": {
        "administrator": "v", "officer": "v", "contractor": "v", "auditor": "v",
    },
    "mailing_consent": {
        "administrator": "v", "officer": "v", "contractor": "v", "auditor": "v",
    },
    "mailing_senderidentity": {"administrator": "vac", "officer": "v", "auditor": "v"},
    "newsletter_issue": {
        "administrator": "vac", "officer": "vac", "contractor": "vac", "auditor": "v",
    },
}  # fmt: skip

# What a right opens on the five stock pages of a model: (letters of which one is needed, cell).
STOCK_PAGES: dict[str, tuple[tuple[str, Cell], ...]] = {
    "changelist": (("vc", (200, 200)),),
    "add": (("a", FORM),),
    "change": (("c", FORM), ("v", (200, 403))),
    "history": (("vc", (200, 200)),),
    "delete": (("d", (200, 302)),),
}


def stock_row(rights: dict[str, str], page: str) -> Row:
    """The row of one stock admin page, from the written rights."""

    def cell(letters: str) -> Cell:
        for needed, outcome in STOCK_PAGES[page]:
            if set(needed) & set(letters):
                return outcome
        return NO

    return staff(NO, **{role: cell(rights.get(role, "")) for role in STAFF})


ROWS |= {
    f"admin:{model}_{page}": stock_row(rights, page)
    for model, rights in RIGHTS.items()
    for page in STOCK_PAGES
}
ROWS |= {
    "admin:index": site_page((200, 200)),
    "admin:search": staff((200, 200)),
    "admin:login": row(("login", "login"), NO, (">/admin/", ">/admin/")),
    "admin:logout": row(("no-admin", "no-admin"), (">/admin/", ">/admin/"),
                        (">account_logout", ">account_logout")),
    "admin:password_change": site_page((">account_change_password", ">account_change_password")),
    "admin:password_change_done": site_page(
        (">account_change_password", ">account_change_password")
    ),
    "admin:jsi18n": site_page(READ),
    "admin:app_list": site_page((">/admin/", ">/admin/")),
    "admin:autocomplete": site_page((403, 405)),
    "admin:view_on_site": site_page(GONE),
    # the member list in and out: personal data of everybody at once
    "admin:members_organization_import": staff((200, 200), contractor=NO, auditor=NO),
    "admin:members_organization_import_detail": staff(READ, contractor=(403, 405),
                                                      auditor=(403, 405)),
    # of a list that is read no more: the way back to its page, in words
    "admin:members_organization_import_refused": staff((302, 405), contractor=(403, 405),
                                                       auditor=(403, 405)),
    "admin:members_organization_import_choose": staff((405, 302), contractor=(405, 403),
                                                      auditor=(405, 403)),
    "admin:members_organization_import_confirm": staff((405, 302), contractor=(405, 403),
                                                       auditor=(405, 403)),
    "admin:members_organization_import_cancel": staff((405, 302), contractor=(405, 403),
                                                      auditor=(405, 403)),
    "admin:members_organization_export": staff((200, 200), contractor=NO, auditor=NO),
    "admin:core_changeset_revert": staff((200, 200), contractor=NO, auditor=NO),
    "admin:members_organization_statistics": staff(READ),
    "admin:members_organization_statistics_download": staff(READ),
    # why somebody can open a paper; looking with their eyes (of who has no login: a message)
    "admin:members_person_papers": staff(READ),
    "admin:members_person_viewing": staff((405, 302), contractor=NO, auditor=NO),
    "admin:meetings_material_readers": staff(READ),
    # terms as a picture; who sits where, act by act; who takes part
    "admin:meetings_body_terms": staff(READ),
    **{
        f"admin:meetings_{act}": staff(FORM, contractor=NO, auditor=NO)
        for act in (
            "body_act[seat]", "body_act[dissolve]", "seat_act[person]", "seat_act[office]",
            "seat_act[role]", "seat_act[replace]", "seat_act[transfer]", "seat_act[end]",
            "seat_act[take-back]",
        )
    },
    "admin:subcommittees_participationrequest_act[approve]": staff((200, 302), contractor=NO,
                                                                   auditor=NO),
    "admin:subcommittees_participationrequest_act[decline]": staff(FORM, contractor=NO,
                                                                   auditor=NO),
    "admin:members_changerequest_scan": staff((405, 404)),
    "admin:members_changerequest_change": staff(
        (200, ">admin:members_changerequest_changelist"), auditor=(200, 403)
    ),
    # the yearly confirmation: the record is read, and moves by acts
    "admin:members_confirmationround_change": staff((200, 405)),
    "admin:members_confirmationround_export": staff(READ),
    "admin:members_confirmationround_print": staff(READ),
    "admin:members_confirmationround_call": staff(
        (405, 302), auditor=(405, 403)
    ),
    "members:confirm": same((200, 200)),
    "members:confirm_change": same((200, 200)),
    "admin:members_withdrawal_scan": staff((405, 404)),
    # only the note is written there, and it may be empty
    "admin:members_withdrawal_change": staff((200, ">admin:members_withdrawal_changelist"),
                                             auditor=(200, 403)),
    "admin:members_membership_export": staff((200, 200), contractor=NO, auditor=NO),
    # a round of decisions: what the committee gets, who puts on the list, who decides
    "admin:members_decisionbatch_export": staff((405, 200)),
    "admin:members_decisionbatch_print": staff(READ),
    "admin:members_decisionbatch_letter": staff(READ),
    "admin:members_decisionbatch_report": staff((405, 302), auditor=(405, 403)),
    "admin:members_decisionbatch_unreport": staff((405, 200), auditor=(405, 403)),
    "admin:members_decisionbatch_supersede": staff(FORM, contractor=NO, auditor=NO),
    # what the secretariat was told by phone is put right, with the reason
    "admin:members_membershipapplication_correct": staff((200, 200), auditor=NO),
    # scans are opened by a press of a button: each opening is recorded
    "admin:members_membershipapplication_scan": staff((405, 200)),
    # an issue on its way; the acts ask for their own rights and come back to the proof
    "admin:newsletter_issue_proof": staff((200, 200)),
    "admin:newsletter_issue_html": staff((200, 200)),
    "admin:newsletter_issue_test": staff((302, 302)),
    "admin:newsletter_issue_decide": staff((302, 302)),
    "admin:newsletter_issue_progress": staff((302, 302)),  # a draft has none yet
}  # fmt: skip

# Acts on one object: GET explains and asks, POST does. Who may is written per act.
_ALL_BUT_AUDITOR = {"auditor": NO}
_OFFICER_UP = {"auditor": NO, "contractor": NO}
ACTS: dict[str, tuple[Cell, dict[str, Cell]]] = {
    # mail: whether and how often somebody is written to
    "mailing_address_act[suspend]": ((200, 302), _OFFICER_UP),
    "mailing_address_act[reactivate]": ((200, 302), _OFFICER_UP),
    "mailing_envelope_act[arrived]": ((200, 302), _OFFICER_UP),
    "mailing_envelope_act[resend]": ((200, 302), _OFFICER_UP),
    "mailing_message_act[cancel]": ((200, 302), _OFFICER_UP),
    "mailing_message_act[pause]": ((200, 302), _OFFICER_UP),
    "mailing_message_act[resume]": ((200, 302), _OFFICER_UP),
    # members: the daily work, and the decisions that are not a contractor's
    "members_affiliation_act[login]": ((200, 302), _ALL_BUT_AUDITOR),
    "members_membershipapplication_act[begin]": (FORM, _ALL_BUT_AUDITOR),
    "members_membershipapplication_act[return]": (FORM, _ALL_BUT_AUDITOR),
    "members_membershipapplication_act[resume]": (FORM, _ALL_BUT_AUDITOR),
    "members_membershipapplication_act[report]": (FORM, _ALL_BUT_AUDITOR),
    "members_membershipapplication_act[assign]": (FORM, _ALL_BUT_AUDITOR),
    "members_membershipapplication_act[note]": ((200, 302), _ALL_BUT_AUDITOR),
    "members_membershipapplication_act[scan]": (FORM, _ALL_BUT_AUDITOR),
    "members_membershipapplication_act[link]": ((200, 302), _ALL_BUT_AUDITOR),
    "members_membershipapplication_act[retract]": (FORM, _ALL_BUT_AUDITOR),
    "members_affiliation_act[end]": (FORM, _ALL_BUT_AUDITOR),
    "members_affiliation_act[hand-over]": (FORM, _ALL_BUT_AUDITOR),
    "members_decisionbatch_act[edit]": (FORM, _OFFICER_UP),
    "members_organization_act[category]": (FORM, _OFFICER_UP),
    "members_organization_act[contact]": (FORM, _ALL_BUT_AUDITOR),
    "members_organization_act[end]": (FORM, _OFFICER_UP),
    "members_organization_act[rejoin]": (FORM, _OFFICER_UP),
    "members_organization_act[rename]": (FORM, _ALL_BUT_AUDITOR),
    "members_organization_act[cancel-change]": (FORM, _OFFICER_UP),
    "members_organization_act[cancel-end]": (FORM, _OFFICER_UP),
    "members_organization_act[cancel-entry]": (FORM, _OFFICER_UP),
    "members_organization_act[expel]": (FORM, _OFFICER_UP),
    "members_organization_act[merge]": (FORM, _OFFICER_UP),
    "members_organization_act[split]": (FORM, _OFFICER_UP),
    "members_changerequest_act[accept]": (FORM, _OFFICER_UP),
    "members_changerequest_act[refuse]": (FORM, _OFFICER_UP),
    "members_changerequest_act[return]": (FORM, _ALL_BUT_AUDITOR),
    "members_changerequest_act[answer]": (FORM, _ALL_BUT_AUDITOR),
    "members_changerequest_act[retract]": ((200, 302), _ALL_BUT_AUDITOR),
    "members_confirmationround_act[send]": (FORM, _OFFICER_UP),  # it is out already
    "members_confirmationround_act[edit]": (FORM, _OFFICER_UP),
    "members_confirmationround_act[add]": (FORM, _OFFICER_UP),
    "members_confirmationround_act[remind]": ((200, 302), _OFFICER_UP),
    "members_confirmationround_act[close]": ((200, 302), _OFFICER_UP),
    "members_withdrawal_act[accept]": ((200, 302), _OFFICER_UP),
    "members_withdrawal_act[refuse]": (FORM, _OFFICER_UP),
    "members_withdrawal_act[return]": (FORM, _ALL_BUT_AUDITOR),
    "members_withdrawal_act[answer]": (FORM, _ALL_BUT_AUDITOR),
    "members_withdrawal_act[retract]": ((200, 302), _ALL_BUT_AUDITOR),
}
ROWS |= {f"admin:{name}": staff(cell, **single) for name, (cell, single) in ACTS.items()}

# Addresses that exist only on a newcomer's machine (`make run`).
LOCAL_ONLY: set[str] = set()

# Pages that the admin has without a name: the old form of a change page, and the catch-all.
UNNAMED = {
    "admin:<path:object_id>/": staff((302, 302)),
    "admin:(?P<url>.*)$": site_page(GONE),
}
