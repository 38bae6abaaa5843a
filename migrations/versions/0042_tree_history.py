"""The tree as it was on a day: versions of places, tenants and offices, and plans that change it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import APP, lock, open_to_all, script
from migrations.tree import BEFORE, CUSTODY, HISTORY, OPENING, VERSIONED
from migrations.tree_cases import FOLLOWING, OVERSIGHT, PREVIEW, SWEEP

revision = "0042_tree_history"
down_revision = "0041_directions"

CHAIN = ("province_id", "prefecture_id", "county_id", "township_id")


def upgrade() -> None:
    make_versions()
    make_plans()
    make_successors()
    for part in (HISTORY, OPENING, CUSTODY, OVERSIGHT, FOLLOWING, SWEEP, PREVIEW):
        script(part)
    for table, versions, key in VERSIONED:
        written = f"('{versions}', '{key}')"
        op.execute(
            f"create trigger keep_version after update on {table} for each row execute function keep_version{written}"
        )
        op.execute(
            f"create trigger begin_versions after insert on {table} referencing new table as fresh"
            f" for each statement execute function begin_versions{written}"
        )
    script(BEFORE)
    protect()
    # A plan that merges tenants asks for the cases of their own organs, and may not read all while it holds the tree.
    told = sa.text("conflicts_tenant_id is not null")
    op.create_index("ix_case_units_conflicts", "case_units", ["conflicts_tenant_id"], postgresql_where=told)


def _chain() -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=True) for name in CHAIN]


def _days() -> list[sa.Column[object]]:
    return [sa.Column("since", sa.Date(), nullable=False), sa.Column("until", sa.Date(), nullable=False)]


def make_versions() -> None:
    op.create_table(
        "place_versions",
        sa.Column("place_id", sa.Integer(), nullable=False),
        *_days(),
        sa.Column("tier", sa.String(length=1), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code_mca", sa.String(), nullable=True),
        sa.Column("code_nbs", sa.String(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        *_chain(),
        sa.ForeignKeyConstraint(
            ["place_id"], ["places.id"], name=op.f("fk_place_versions_place_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("place_id", "since", name=op.f("pk_place_versions")),
    )
    for column in ("code_mca", "code_nbs", "name"):
        op.create_index(f"ix_place_versions_{column}", "place_versions", [column])
    op.create_table(
        "tenant_versions",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        *_days(),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(length=1), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        *_chain(),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_tenant_versions_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "since", name=op.f("pk_tenant_versions")),
    )
    op.create_table(
        "office_versions",
        sa.Column("office_id", sa.Integer(), nullable=False),
        *_days(),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=True),
        sa.Column("committee_kind", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_office_versions_office_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("office_id", "since", name=op.f("pk_office_versions")),
    )


def make_plans() -> None:
    op.create_table(
        "tree_plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False, comment="the document that orders it, by name and number"),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column(
            "drafted_by", sa.Uuid(), nullable=False, comment="a person, also where the command line drafts for one"
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True, comment="who withdrew or refused it"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True, comment="of a refusal or a withdrawal"),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True, comment="when the tree itself changed"),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True, comment="when the last case had followed"),
        sa.Column("cases_done", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "fault", postgresql.JSONB(), nullable=True, comment="why the last try to begin failed: fields and rules"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_tree_plans_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tree_plans")),
    )
    op.create_index("ix_tree_plans_state", "tree_plans", ["state", "effective_on"])
    op.create_table(
        "tree_changes",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False, comment="of the unit that is changed, or made by create"),
        sa.Column("name", sa.String(), nullable=True, comment="new name: create, rename, split"),
        sa.Column(
            "kind", sa.String(), nullable=True, comment="of the place: 县 市 镇 …, or zone: create, rename, split"
        ),
        sa.Column("new_code", sa.String(), nullable=True, comment="recode; of the new unit: split"),
        sa.Column("parent_code", sa.String(), nullable=True, comment="create, move"),
        sa.Column("into_code", sa.String(), nullable=True, comment="merge: who takes its place"),
        sa.Column(
            "members", postgresql.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False,
            comment="split: codes of the units below that go along",
        ),
        sa.Column(
            "contact", sa.String(), nullable=True,
            comment="of who answers then, for the parties' notice (个保法22)",
        ),
        sa.Column(
            "tenant_id", sa.Integer(), nullable=True,
            comment="whom the line is about; of a new unit: since it is made",
        ),
        sa.Column("effect", postgresql.JSONB(), nullable=True, comment="what it did: ids and codes before and after"),
        sa.ForeignKeyConstraint(["plan_id"], ["tree_plans.id"], name=op.f("fk_tree_changes_plan_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_tree_changes_tenant_id")),
        sa.PrimaryKeyConstraint("plan_id", "ordinal", name=op.f("pk_tree_changes")),
    )  # fmt: skip
    op.create_index("ix_tree_changes_tenant", "tree_changes", ["tenant_id"])
    op.create_table(
        "tree_words",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=True),
        sa.Column("approves", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_tree_words_person_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["tree_plans.id"], name=op.f("fk_tree_words_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "person_id", name=op.f("pk_tree_words")),
    )
    op.create_table(
        "tree_queue",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(), nullable=False, comment="codes of Way"),
        sa.PrimaryKeyConstraint("plan_id", "case_id", name=op.f("pk_tree_queue")),
    )
    op.create_index("ix_tree_queue_way", "tree_queue", ["plan_id", "way", "case_id"])


def make_successors() -> None:
    op.create_table(
        "tree_successors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("came", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True, comment="null = the tenant itself"),
        sa.Column("successor_office_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_tree_successors_office_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["tree_plans.id"], name=op.f("fk_tree_successors_plan_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["tenants.id"], name=op.f("fk_tree_successors_successor_id")),
        sa.ForeignKeyConstraint(
            ["successor_office_id"], ["offices.id"], name=op.f("fk_tree_successors_successor_office_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_tree_successors_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tree_successors")),
    )
    for name, column in (("tenant", "tenant_id"), ("office", "office_id"), ("plan", "plan_id")):
        op.create_index(f"ix_tree_successors_{name}", "tree_successors", [column])


def protect() -> None:
    """Everybody may know what the tree was; who plans is asked again here. Tenants change in a plan that begins."""
    for table in ("place_versions", "tenant_versions", "office_versions"):
        open_to_all(table)
    open_to_all("tree_plans", "select, insert")
    op.execute(f"grant update (version, state, ended_by, ended_at, reason, fault) on tree_plans to {APP}")
    open_to_all("tree_changes", "select, insert")
    op.execute(f"grant update (tenant_id, effect) on tree_changes to {APP}")
    open_to_all("tree_words", "select, insert")
    open_to_all("tree_successors", "select, insert")
    lock("tree_queue", "select")
    op.execute(f"create policy app_read on tree_queue for select to {APP} using ((select scope_is_province()))")
    op.execute(f"grant insert, update on places, tenants to {APP}")
    for table, act, test, after in POLICIES:
        clause = f"using ({test}) with check ({after or test})" if act == "update" else f"with check ({test})"
        op.execute(f"create policy app_{act} on {table} for {act} to {APP} {clause}")


BEGINS = "(select tree_begins())"
BELOW = "(select tenant_below(tenant_id))"
WAITING = "state in ('drafted', 'approved')"
POLICIES = (
    ("places", "insert", BEGINS, ""),
    ("places", "update", BEGINS, ""),
    ("tenants", "insert", BEGINS, ""),
    ("tenants", "update", BEGINS, ""),
    ("tree_plans", "insert", f"{BELOW} and state = 'drafted' and drafted_by = (select scope_person())", ""),
    ("tree_plans", "update", f"{BELOW} and {WAITING}", f"{BELOW} and ({WAITING} or state in ('refused', 'withdrawn'))"),
    ("tree_changes", "insert", "plan_is_mine(plan_id)", ""),
    ("tree_changes", "update", BEGINS, ""),
    ("tree_words", "insert", "person_id = (select scope_person()) and plan_waits_for(plan_id, person_id)", ""),
    ("tree_successors", "insert", BEGINS, ""),
)
"""Table, command, who may; of an update also what may come out of it."""
