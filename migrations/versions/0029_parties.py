"""Agents, guardians, corrections; consents that say what is given and to whom, and what the other side then sees."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import APP, full_sight, open_to_party, protect_child, script, words

revision = "0029_parties"
down_revision = "0028_interview"


def upgrade() -> None:
    _create_tables()
    for table in ("mandates", "party_corrections"):
        protect_child(table)
        open_to_party(table, f"{table}.party_id = (select case_person())")
    op.execute(f"revoke update on party_corrections from {APP}")
    open_to_party("mandates", "mandates.party_id = (select case_person())", "respondent")
    script(FUNCTIONS.replace("{sight}", full_sight("of_case", "scope_now()")))
    _open_to_other_side()


def _create_tables() -> None:
    op.create_table(
        "mandates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False, comment="who is represented"),
        sa.Column("capacity", sa.String(), nullable=False, comment="general | special | guardian"),
        sa.Column("bond", sa.String(), nullable=True, comment="parent, lawyer …, codes of cases.mandate_form"),
        sa.Column("ground", sa.String(), nullable=True, comment="a guardian's: minor | incapable | limited"),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=True, comment="id_number"),
        sa.Column("contact", sa.LargeBinary(), nullable=True, comment="telephone"),
        sa.Column("matters", sa.LargeBinary(), nullable=True, comment="its scope in words"),
        sa.Column("given_on", sa.Date(), nullable=True, comment="date of the paper"),
        sa.Column("ends_on", sa.Date(), nullable=True, comment="last day; null = as long as the case"),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paper_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_mandates_case_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_mandates_paper_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_mandates_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandates")),
    )
    op.create_index("ix_mandates_case", "mandates", ["case_id", "party_id"], unique=False)
    op.create_table(
        "party_corrections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.String()), nullable=False, comment="codes of what was changed"),
        sa.Column("before", sa.LargeBinary(), nullable=False, comment="code -> earlier value"),
        sa.Column("basis", sa.LargeBinary(), nullable=False, comment="the paper it was corrected by"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_party_corrections_case_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_party_corrections_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_corrections")),
    )
    op.create_index("ix_party_corrections_case", "party_corrections", ["case_id", "party_id"], unique=False)
    _add_columns()


def _add_columns() -> None:
    ids = postgresql.ARRAY(sa.Uuid())
    columns: tuple[tuple[str, str, Any, str], ...] = (
        ("consents", "gives", postgresql.ARRAY(sa.String()), "disclosure: what may be given"),
        ("consents", "to_ids", ids, "disclosure: to which parties"),
        ("consents", "given_by", sa.Uuid(), "null = the party itself"),
        ("claims", "raised_by", ids, "of a joint visit; null = all of it"),
        ("case_units", "decided_by", sa.String(), "who decided it; null = the office that recorded it"),
    )
    for table, name, kind, comment in columns:
        op.add_column(table, sa.Column(name, kind, nullable=True, comment=comment))
    op.create_foreign_key(op.f("fk_consents_given_by"), "consents", "mandates", ["given_by"], ["id"])
    held = "ethnic_group, health, poor_household and its evidence and dates"
    op.alter_column("parties", "sensitive", existing_type=sa.LargeBinary(), existing_nullable=True, comment=held)


# A consent recorded before it said what and to whom gave name and claims to the whole other side.
# An answer takes the place of the one before it; who has left the mediation gives nothing any more.
FUNCTIONS = """
create function party_gives(party uuid, receiver uuid, item text) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select coalesce((
     select a.given and a.withdrawn_at is null
            and item = any(coalesce(a.gives, array['name', 'claims']))
            and (a.to_ids is null or receiver = any(a.to_ids))
     from consents a join parties p on p.id = a.party_id
     where a.party_id = party and a.kind = 'disclosure' and p.status in ('active', 'settled')
     order by a.recorded_at desc, a.id desc limit 1), false) $$;

create function claim_given(of_case uuid, raised_by uuid[], receiver uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select exists (select from parties p where p.case_id = of_case and p.side = 'petitioner'
                  and (raised_by is null or p.id = any(raised_by)) and party_gives(p.id, receiver, 'claims')) $$;

-- The application adds to the index and neither reads nor changes it; a corrected number takes the place of its own.
create function correct_identity_index(of_case uuid, of_party uuid, with_blind bytea) returns void
language sql security definer set search_path = public, pg_temp as
$$ insert into identity_index (case_id, party_id, blind)
   select of_case, of_party, with_blind
   where exists (select from parties p where p.id = of_party and p.case_id = of_case) and {sight}
   on conflict (case_id, party_id) do update set blind = excluded.blind $$;
revoke all on function correct_identity_index from public;
grant execute on function correct_identity_index to tiaojie_app;
"""

PAPERS = (
    "rights_notice", "deed", "deed_signed", "team", "extension", "agreement", "performance_urged", "termination",
    "guided_elsewhere", "closing_report", "transfer_notice", "delegation_notice", "recusal_decision",
)  # fmt: skip
"""Final papers for both sides alike (1a). What is not named here speaks of the petitioners or of the office."""
EVENTS = (
    "propose-entrustment", "sign-entrustment", "form-team", "replace-member", "confirm-team", "record-session",
    "extend-mediation", "draft-agreement", "sign-agreement", "seal-agreement", "guide-elsewhere", "terminate",
    "offer-handover", "accept-handover", "record-performance", "close-case",
)  # fmt: skip


def _open_to_other_side() -> None:
    """N3 b, c: after its own consent, and of each petitioner only what that one's consent gives to this very party."""
    for table in ("parties", "claims", "papers", "events"):
        op.execute(f"drop policy app_respondent on {table}")
    op.execute("drop function party_discloses")
    me, respondent = "(select case_person())", "respondent"
    open_to_party("parties", f"parties.id = {me} or party_gives(parties.id, {me}, 'name')", respondent)
    fit = "claims.decision = 'suitable' and claims.split_case_id is null"
    open_to_party("claims", f"{fit} and claim_given(claims.case_id, claims.raised_by, {me})", respondent)
    going_on = f"select from parties p where p.id = {me} and p.status in ('active', 'settled')"
    open_to_party(
        "papers",
        f"papers.party_id = {me} or (papers.party_id is null and papers.field_group = 'final'"
        f" and papers.kind in ({words(PAPERS)}) and (papers.kind <> 'agreement' or exists ({going_on})))",
        respondent,
    )
    open_to_party("events", f"events.audience = 'parties' and events.act in ({words(EVENTS)})", respondent)
