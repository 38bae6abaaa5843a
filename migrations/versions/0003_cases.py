"""Cases: the case, its relations and number series."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import sight
from migrations.protection import APP, lock

revision = "0003_cases"
down_revision = "0002_tenants"


def upgrade() -> None:
    op.create_table(
        "number_series",
        sa.Column("series", sa.String(), nullable=False, comment="registration | case | deed | agreement | dossier …"),
        sa.Column("office_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "office_id", "year", name=op.f("pk_number_series")),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("registration_no", sa.String(), nullable=False, comment="登记号"),
        sa.Column("case_no", sa.String(), nullable=True, comment="案号, given when the team is formed"),
        sa.Column("dossier_no", sa.String(), nullable=True, comment="卷号, given at archiving"),
        sa.Column("petition_no", sa.String(), nullable=True, comment="the petition office's own register number"),
        sa.Column("parent_case_id", sa.Uuid(), nullable=True, comment="the case this one was split from"),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("case_class", sa.String(), nullable=True),
        sa.Column("class_clause", sa.String(), nullable=True),
        sa.Column("dispute_type", sa.SmallInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("first_visit", sa.Boolean(), nullable=False),
        sa.Column("person_count", sa.Integer(), nullable=False),
        sa.Column(
            "persons_at_acceptance", sa.Integer(), nullable=True, comment="frozen at 受理; a withdrawal never lowers it"
        ),
        sa.Column("visited_unit", sa.String(), nullable=True, comment="被访单位, a unit's name, never a person's"),
        sa.Column("funding_position", sa.String(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=False, comment="where the dispute is, not who holds it"),
        sa.Column("holder_office_id", sa.Integer(), nullable=False),
        sa.Column("province_id", sa.Integer(), nullable=False),
        sa.Column("prefecture_id", sa.Integer(), nullable=True),
        sa.Column("county_id", sa.Integer(), nullable=True),
        sa.Column("township_id", sa.Integer(), nullable=True),
        sa.Column("offer_id", sa.Uuid(), nullable=True, comment="not null = frozen by a pending handover"),
        sa.Column("handler_id", sa.Uuid(), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "due_at", sa.DateTime(timezone=True), nullable=True, comment="the nearest open term, for lists and the desk"
        ),
        sa.Column("guided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["handler_id"], ["persons.id"], name=op.f("fk_cases_handler_id")),
        sa.ForeignKeyConstraint(["holder_office_id"], ["offices.id"], name=op.f("fk_cases_holder_office_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_cases_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("case_no", name=op.f("uq_cases_case_no")),
        sa.UniqueConstraint("registration_no", name=op.f("uq_cases_registration_no")),
    )
    op.create_index(
        "ix_cases_county_id_class",
        "cases",
        ["county_id", "case_class", sa.literal_column("filed_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "ix_cases_county_id_due",
        "cases",
        ["county_id", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("due_at is not null"),
    )
    op.create_index(
        "ix_cases_county_id_filed",
        "cases",
        ["county_id", sa.literal_column("filed_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "ix_cases_county_id_step",
        "cases",
        ["county_id", "step", sa.literal_column("filed_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "ix_cases_handler_filed",
        "cases",
        ["handler_id", sa.literal_column("filed_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "ix_cases_holder_filed",
        "cases",
        ["holder_office_id", sa.literal_column("filed_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "ix_cases_parent",
        "cases",
        ["parent_case_id"],
        unique=False,
        postgresql_where=sa.text("parent_case_id is not null"),
    )
    op.create_index(
        "ix_cases_prefecture_id_class",
        "cases",
        ["prefecture_id", "case_class", sa.literal_column("filed_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "ix_cases_prefecture_id_due",
        "cases",
        ["prefecture_id", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("due_at is not null"),
    )
    op.create_index(
        "ix_cases_prefecture_id_filed",
        "cases",
        ["prefecture_id", sa.literal_column("filed_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "ix_cases_prefecture_id_step",
        "cases",
        ["prefecture_id", "step", sa.literal_column("filed_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "ix_cases_province_id_class",
        "cases",
        ["province_id", "case_class", sa.literal_column("filed_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "ix_cases_province_id_due",
        "cases",
        ["province_id", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("due_at is not null"),
    )
    op.create_index(
        "ix_cases_province_id_filed",
        "cases",
        ["province_id", sa.literal_column("filed_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "ix_cases_province_id_step",
        "cases",
        ["province_id", "step", sa.literal_column("filed_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "ix_cases_township_id_class",
        "cases",
        ["township_id", "case_class", sa.literal_column("filed_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "ix_cases_township_id_due",
        "cases",
        ["township_id", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("due_at is not null"),
    )
    op.create_index(
        "ix_cases_township_id_filed",
        "cases",
        ["township_id", sa.literal_column("filed_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "ix_cases_township_id_step",
        "cases",
        ["township_id", "step", sa.literal_column("filed_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_table(
        "case_relations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=True, comment="the role the record itself gives; null = the post's"),
        sa.Column("tenant_id", sa.Integer(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="a staff person, or a party on its own page (self)"),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "source", sa.String(), nullable=False, comment="table and row that made the fact, as `handover_offers:<id>`"
        ),
        sa.CheckConstraint(
            "relation not in ('team', 'handler') or role is not null", name=op.f("ck_case_relations_role_named")
        ),
        sa.CheckConstraint(
            "tenant_id is not null or person_id is not null", name=op.f("ck_case_relations_someone_named")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_relations_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_relations")),
    )
    op.create_index("ix_case_relations_case_person", "case_relations", ["case_id", "person_id"], unique=False)
    op.create_index("ix_case_relations_case_tenant", "case_relations", ["case_id", "tenant_id"], unique=False)
    op.create_index(
        "ix_case_relations_person",
        "case_relations",
        ["person_id", "until", "case_id"],
        unique=False,
        postgresql_where=sa.text("person_id is not null"),
    )
    op.create_index(
        "ix_case_relations_tenant",
        "case_relations",
        ["tenant_id", "until", "case_id"],
        unique=False,
        postgresql_where=sa.text("tenant_id is not null"),
    )
    op.create_table(
        "decision_tables",
        sa.Column("version", sa.String(), nullable=False, comment="hash of the rules"),
        sa.Column("cells", postgresql.JSONB(), nullable=False, comment="role tier relation action: number of the rule"),
        sa.Column("compiled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_decision_tables")),
    )
    lock("decision_tables", "select, insert")
    op.execute(f"create policy app_read on decision_tables for select to {APP} using (true)")
    op.execute(f"create policy app_insert on decision_tables for insert to {APP} with check (true)")
    sight.make_functions()
    sight.protect_cases()
    # Custody columns are not among them: they change only in move_custody (decisions.md 7).
    op.execute(f"grant update ({', '.join(CHANGEABLE)}) on cases to {APP}")
    sight.protect_relations()
    lock("number_series")
    op.execute(f"create policy app_all on number_series to {APP} using (true) with check (true)")


CHANGEABLE = (
    "version",
    "case_no",
    "dossier_no",
    "petition_no",
    "state",
    "step",
    "outcome",
    "case_class",
    "class_clause",
    "dispute_type",
    "person_count",
    "persons_at_acceptance",
    "visited_unit",
    "funding_position",
    "offer_id",
    "handler_id",
    "accepted_at",
    "due_at",
    "guided_at",
    "closed_at",
    "archived_at",
    "changed_at",
)
