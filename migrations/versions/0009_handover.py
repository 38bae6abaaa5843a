"""Handover: offers of custody, assistance for a term, and the two questions a receiver may ask before it has sight."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, lock, protect_child, script

revision = "0009_handover"
down_revision = "0008_oversight"


def upgrade() -> None:
    op.create_table(
        "assistances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_assistances_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_assistances_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistances")),
    )
    op.create_index(op.f("ix_assistances_case_id"), "assistances", ["case_id"], unique=False)
    op.create_table(
        "handover_offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("from_office_id", sa.Integer(), nullable=False),
        sa.Column("from_tenant_id", sa.Integer(), nullable=False),
        sa.Column("to_office_id", sa.Integer(), nullable=False),
        sa.Column("to_tenant_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True, comment="the day the sender asks for"),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("offered_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.String(), nullable=True),
        sa.Column(
            "return_proof", sa.String(), nullable=True, comment="the paper that proves the reason, by name and number"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_handover_offers_case_id")),
        sa.ForeignKeyConstraint(["from_office_id"], ["offices.id"], name=op.f("fk_handover_offers_from_office_id")),
        sa.ForeignKeyConstraint(["from_tenant_id"], ["tenants.id"], name=op.f("fk_handover_offers_from_tenant_id")),
        sa.ForeignKeyConstraint(["to_office_id"], ["offices.id"], name=op.f("fk_handover_offers_to_office_id")),
        sa.ForeignKeyConstraint(["to_tenant_id"], ["tenants.id"], name=op.f("fk_handover_offers_to_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_offers")),
    )
    op.create_index("ix_handover_offers_case", "handover_offers", ["case_id", "recorded_at"], unique=False)
    op.create_index(
        "ix_handover_offers_inbox",
        "handover_offers",
        ["to_office_id", "recorded_at"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_handover_offers_open",
        "handover_offers",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    script(QUESTIONS)
    lock("handover_offers")
    between = "(select scope_tenant()) in (from_tenant_id, to_tenant_id)"
    op.execute(
        f"create policy app_read on handover_offers for select to {APP}"
        f" using ({between} or (select case_sight(case_id, recorded_at)))"
    )
    op.execute(f"create policy app_insert on handover_offers for insert to {APP} with check ({between})")
    op.execute(
        f"create policy app_update on handover_offers for update to {APP} using ({between}) with check ({between})"
    )
    protect_child("assistances")


# A receiver has no sight of units and consents yet; it gets one yes or no, and only with custody or an offer.
QUESTIONS = """
create function may_ask(wanted uuid) returns boolean language sql stable as
$$ select exists (select from cases c where c.id = wanted and case_tenant() in
                  (c.province_id, c.prefecture_id, c.county_id, c.township_id))
       or exists (select from case_relations r where r.case_id = wanted and r.relation = 'offered'
                  and r.tenant_id = case_tenant() and r.until > scope_now()) $$;

create function tenant_conflicted(wanted uuid, tenant int) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select may_ask(wanted) and exists (
       select from case_units u where u.case_id = wanted and u.conflicts_tenant_id = tenant) $$;

create function petitioners_accept_transfer(wanted uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select may_ask(wanted) and not exists (
       select from parties p where p.case_id = wanted and p.side = 'petitioner' and p.status = 'active'
       and not coalesce((
           select k.given and k.withdrawn_at is null from consents k
           where k.party_id = p.id and k.kind = 'transfer' order by k.recorded_at desc, k.id desc limit 1), false)) $$;

-- Experts come from the own tenant or from above it, whose posts the asker may not read otherwise.
create function people_to_ask(roles text[]) returns table (person_id uuid, name varchar, office varchar)
language sql stable security definer set search_path = public, pg_temp as
$$ select distinct p.id, p.name, o.name from tenants me
   join offices o on o.tenant_id in (me.province_id, me.prefecture_id, me.county_id, me.township_id)
   join posts w on w.office_id = o.id and w.role = any (roles) and w.since <= scope_now()
       and (w.until is null or w.until > scope_now())
   join persons p on p.id = w.person_id
   where me.id = case_tenant() $$;

revoke all on function tenant_conflicted, petitioners_accept_transfer, people_to_ask from public;
grant execute on function tenant_conflicted, petitioners_accept_transfer, people_to_ask to tiaojie_app;
"""
