"""Records of a case: parties, claims, consents, papers, notes, events and timers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

from migrations.protection import open_to_party, protect_child, script, words

revision = "0003_records"
down_revision = "0003_cases"


def upgrade() -> None:
    op.create_table(
        "claims",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column(
            "nature",
            sa.String(),
            nullable=False,
            comment="civil | administrative | accusation …, codes of cases.suitability",
        ),
        sa.Column("decision", sa.String(), nullable=False, comment="pending | suitable | refused | diverted"),
        sa.Column("reason", sa.String(), nullable=True, comment="code of the ground of refusal"),
        sa.Column("legal_basis", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True, comment="lawful channel named in the refusal"),
        sa.Column("last_day", sa.Date(), nullable=True, comment="last day of that channel, as far as known"),
        sa.Column("split_case_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_claims_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    op.create_index("ix_claims_case", "claims", ["case_id", "ordinal"], unique=False)
    op.create_table(
        "events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(), nullable=False, comment="name of the act, as the catalogue of acts has it"),
        sa.Column("audience", sa.String(), nullable=False, comment="internal | parties"),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("system", sa.String(), nullable=True),
        sa.Column("post_id", sa.Uuid(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("tenant_id", sa.Integer(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_events_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_case", "events", ["case_id", "id"], unique=False)
    op.create_table(
        "notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_notes_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index(op.f("ix_notes_case_id"), "notes", ["case_id"], unique=False)
    op.create_table(
        "parties",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False, comment="person | unit"),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column(
            "identity",
            sa.LargeBinary(),
            nullable=True,
            comment="id_number, birth_date; a unit: uscc, legal_representative",
        ),
        sa.Column("contact", sa.LargeBinary(), nullable=True, comment="address, telephone"),
        sa.Column(
            "sensitive", sa.LargeBinary(), nullable=True, comment="ethnic_group, poor_household, health, guardian"
        ),
        sa.Column("unit_kind", sa.String(), nullable=True, comment="department | enterprise | unit | collective"),
        sa.Column("representative", sa.Boolean(), nullable=False, comment="条例20(3): at most five of a joint visit"),
        sa.Column("language", sa.String(), nullable=True, comment="language asked for, when not Putonghua"),
        sa.Column("status", sa.String(), nullable=False, comment="active | declined | withdrawn | settled"),
        sa.Column("receipt_hash", sa.LargeBinary(), nullable=True, comment="hash of the code on the receipt"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_parties_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parties")),
    )
    op.create_index("ix_parties_case", "parties", ["case_id", "ordinal"], unique=False)
    op.create_table(
        "timers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", sa.String(), nullable=False, comment="code of cases.timers: mediation, petition_notice, remedy, …"
        ),
        sa.Column("source", sa.String(), nullable=False, comment="article of law"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "overdue_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the deadlines job found it run out; marked once",
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_timers_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timers")),
    )
    op.create_index("ix_timers_case", "timers", ["case_id"], unique=False)
    op.create_index(
        "ix_timers_due",
        "timers",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("done_at is null and paused_at is null"),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.String(),
            nullable=False,
            comment="mediation | disclosure | mediator | invited | transfer | free_will | electronic | extension",
        ),
        sa.Column("about", sa.String(), nullable=True),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("form", sa.String(), nullable=False, comment="written | oral"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_consents_case_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_consents_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_case", "consents", ["case_id", "kind"], unique=False)
    op.create_table(
        "papers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("field_group", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("party_id", sa.Uuid(), nullable=True, comment="addressed to one party"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False, comment="of the canonical JSON content"),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True, comment="receipt by the addressee"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_papers_case_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_papers_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_papers")),
        sa.UniqueConstraint("number", name=op.f("uq_papers_number")),
    )
    op.create_index("ix_papers_case", "papers", ["case_id", "issued_at"], unique=False)
    for table in ("parties", "claims", "consents", "papers", "notes", "events", "timers"):
        protect_child(table)
    script(DISCLOSES)
    _open_to_petitioner()
    _open_to_other_side()


def _open_to_petitioner() -> None:
    """A petitioner's own data alone, also in a joint case; what was issued to it, and what is final for all."""
    open_to_party("parties", "parties.id = (select case_person())")
    open_to_party("consents", "consents.party_id = (select case_person())")
    open_to_party("papers", addressed_or_for_all(withheld=INTERNAL))
    open_to_party("events", "events.audience = 'parties'")
    open_to_party("timers", "true")


def _open_to_other_side() -> None:
    """After its own consent: names and claims of those who let it have them, and no draft (rules.md 53)."""
    respondent = "respondent"
    own_or_disclosed = "parties.id = (select case_person()) or (select party_discloses(parties.id))"
    open_to_party("parties", own_or_disclosed, respondent)
    open_to_party("claims", "true", respondent)
    open_to_party("consents", "consents.party_id = (select case_person())", respondent)
    open_to_party("papers", addressed_or_for_all(withheld=(*INTERNAL, "warning")), respondent)
    untold = "events.act not in ('issue-warning', 'reveal-party')"
    open_to_party("events", f"events.audience = 'parties' and {untold}", respondent)


INTERNAL = ("order_reply", "dossier_list")
"""Final for overseers and archive; a party is not told what its case was supervised for or what else lies in the file.

A warning shows to the petitioner (N6), never to the other side.
"""


def addressed_or_for_all(withheld: tuple[str, ...]) -> str:
    """Papers to the party itself, and final ones but for some kinds; an agreement only to who goes on with it."""
    return f"""
papers.party_id = (select case_person())
or (papers.party_id is null and papers.field_group = 'final' and papers.kind not in ({words(withheld)})
    and (papers.kind <> 'agreement' or exists (
        select from parties p where p.id = (select case_person()) and p.status in ('active', 'settled'))))
"""


DISCLOSES = """
-- Whether a petitioner lets the other side have name and claims.
create function party_discloses(party uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select exists (select from consents a where a.party_id = party and a.kind = 'disclosure'
                  and a.given and a.withdrawn_at is null) $$;
"""
