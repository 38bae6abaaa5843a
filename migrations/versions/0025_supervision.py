"""Supervision: inspections and their draws, complaints, written guidance, extensions of orders; who names a holder."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, lock, open_to_party, protect_child, protect_tenant, script

revision = "0025_supervision"
down_revision = "0024_drafts"

HOLDER = """
exists (select from cases c where c.id = {table}.case_id
        and (select case_tenant()) = coalesce(c.township_id, c.county_id, c.prefecture_id, c.province_id))
"""
MINE = "(select case_tenant()) = tenant_id"
SHOWS = "(select case_shows(case_id))"


def upgrade() -> None:
    make_inspection_draws()
    make_inspections()
    make_complaints()
    make_oversight_notes()
    make_order_extensions()
    make_holder_disputes()
    protect_child("order_extensions", "select, insert")
    protect_tenant("inspection_draws", "select, insert")
    for table in ("inspections", "oversight_notes"):
        protect_between(table)
    protect_complaints()
    protect_disputes()
    script(FUNCTIONS)


def make_inspection_draws() -> None:
    op.create_table(
        "inspection_draws",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("case_class", sa.String(), nullable=True, comment="null = of every class"),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("eligible", sa.Integer(), nullable=False, comment="how many closed cases it was drawn from"),
        sa.Column("case_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_inspection_draws_office_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_inspection_draws_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_draws")),
    )
    op.create_index(op.f("ix_inspection_draws_office_id"), "inspection_draws", ["office_id"], unique=False)


def make_inspections() -> None:
    op.create_table(
        "inspections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("items", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("draw_id", sa.Uuid(), nullable=True, comment="drawn by rule"),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("findings", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_inspections_case_id")),
        sa.ForeignKeyConstraint(["draw_id"], ["inspection_draws.id"], name=op.f("fk_inspections_draw_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_inspections_office_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_inspections_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspections")),
    )
    op.create_index(op.f("ix_inspections_case_id"), "inspections", ["case_id"], unique=False)
    op.create_index("ix_inspections_office", "inspections", ["office_id", "ends_at"], unique=False)


def make_complaints() -> None:
    op.create_table(
        "complaints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("oral", sa.Boolean(), nullable=False, comment="recorded at the window"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("finding", sa.String(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_complaints_case_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_complaints_office_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_complaints_party_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_complaints_person_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_complaints_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
    )
    op.create_index(op.f("ix_complaints_case_id"), "complaints", ["case_id"], unique=False)
    op.create_index("ix_complaints_office", "complaints", ["office_id", "answer_by"], unique=False)


def make_oversight_notes() -> None:
    op.create_table(
        "oversight_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(), nullable=True),
        sa.Column("unit", sa.String(), nullable=True, comment="the unit urged, never a person"),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_oversight_notes_case_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_oversight_notes_office_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_oversight_notes_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oversight_notes")),
    )
    op.create_index(op.f("ix_oversight_notes_case_id"), "oversight_notes", ["case_id"], unique=False)


def make_order_extensions() -> None:
    op.create_table(
        "order_extensions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_order_extensions_case_id")),
        sa.ForeignKeyConstraint(["order_id"], ["supervision_orders.id"], name=op.f("fk_order_extensions_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_extensions")),
    )
    op.create_index(op.f("ix_order_extensions_case_id"), "order_extensions", ["case_id"], unique=False)


def make_holder_disputes() -> None:
    op.create_table(
        "holder_disputes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False, comment="the offer that was returned"),
        sa.Column("holder_office_id", sa.Integer(), nullable=False),
        sa.Column("holder_tenant_id", sa.Integer(), nullable=False),
        sa.Column("other_office_id", sa.Integer(), nullable=False),
        sa.Column("other_tenant_id", sa.Integer(), nullable=False),
        sa.Column("decider_tenant_id", sa.Integer(), nullable=False, comment="the nearest common superior"),
        sa.Column("proof", sa.String(), nullable=True, comment="the paper that proves the claim, by name and number"),
        sa.Column("decide_by", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("named_office_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True, comment="why that office; no personal data"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_holder_disputes_case_id")),
        sa.ForeignKeyConstraint(
            ["decider_tenant_id"], ["tenants.id"], name=op.f("fk_holder_disputes_decider_tenant_id")
        ),
        sa.ForeignKeyConstraint(["holder_office_id"], ["offices.id"], name=op.f("fk_holder_disputes_holder_office_id")),
        sa.ForeignKeyConstraint(["holder_tenant_id"], ["tenants.id"], name=op.f("fk_holder_disputes_holder_tenant_id")),
        sa.ForeignKeyConstraint(["named_office_id"], ["offices.id"], name=op.f("fk_holder_disputes_named_office_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["handover_offers.id"], name=op.f("fk_holder_disputes_offer_id")),
        sa.ForeignKeyConstraint(["other_office_id"], ["offices.id"], name=op.f("fk_holder_disputes_other_office_id")),
        sa.ForeignKeyConstraint(["other_tenant_id"], ["tenants.id"], name=op.f("fk_holder_disputes_other_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holder_disputes")),
    )
    op.create_index(
        "ix_holder_disputes_decider",
        "holder_disputes",
        ["decider_tenant_id", "decide_by"],
        unique=False,
        postgresql_where=sa.text("decided_at is null"),
    )
    op.create_index(
        "ix_holder_disputes_open",
        "holder_disputes",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("decided_at is null"),
    )


def protect_between(table: str) -> None:
    """What an office above tells the holder: read by those two, written and ended by the office's tenant."""
    lock(table)
    seen = f"({MINE} and {SHOWS}) or {HOLDER.format(table=table)}"
    op.execute(f"create policy app_read on {table} for select to {APP} using ({seen})")
    op.execute(f"create policy app_insert on {table} for insert to {APP} with check ({MINE} and {SHOWS})")
    op.execute(f"create policy app_update on {table} for update to {APP} using ({MINE}) with check ({MINE})")


def protect_complaints() -> None:
    """Read by the tenant that decides and by the party that complains: not by the holder, whoever wrote it down."""
    lock("complaints")
    op.execute(f"create policy app_read on complaints for select to {APP} using ({MINE} and {SHOWS})")
    op.execute(f"create policy app_insert on complaints for insert to {APP} with check ({SHOWS})")
    op.execute(f"create policy app_update on complaints for update to {APP} using ({MINE}) with check ({MINE})")
    open_to_party("complaints", "complaints.party_id = (select case_person())")


def protect_disputes() -> None:
    """Between the two and the superior that decides; written by the holder, ended by the superior."""
    lock("holder_disputes")
    tenant = "(select case_tenant())"
    op.execute(
        f"create policy app_read on holder_disputes for select to {APP} using ({tenant} in (holder_tenant_id,"
        " other_tenant_id, decider_tenant_id) or (select case_sight(case_id, recorded_at)))"
    )
    written = f"{tenant} in (holder_tenant_id, decider_tenant_id) and {SHOWS}"
    op.execute(f"create policy app_insert on holder_disputes for insert to {APP} with check ({written})")
    decides = f"{tenant} = decider_tenant_id"
    op.execute(
        f"create policy app_update on holder_disputes for update to {APP} using ({decides}) with check ({decides})"
    )


FUNCTIONS = """
-- The lowest tenant that stands properly above both; null where there is none.
create function nearest_common(here int, there int) returns int language sql stable as
$$ select t.id from tenants a, tenants b, tenants t where a.id = here and b.id = there
   and t.id in (a.province_id, a.prefecture_id, a.county_id, a.township_id)
   and t.id in (b.province_id, b.prefecture_id, b.county_id, b.township_id)
   and t.id not in (a.id, b.id)
   order by array_position(array['P', 'F', 'C', 'T'], t.tier::text) desc limit 1 $$;

-- 指定办理: the nearest common superior names one of the two offices that dispute a case. Whoever else acts on the case
-- at that moment waits for the lock, and then finds another version: one outcome.
create function name_custody(p_case uuid, p_office int, p_version int) returns int
language plpgsql security definer set search_path = public, pg_temp as
$$
declare held cases; taker tenants; dispute holder_disputes;
begin
    select * into held from cases where id = p_case for update;
    if not found or held.version <> p_version then
        raise exception 'version of the case differs' using errcode = 'TJ412';
    end if;
    select * into dispute from holder_disputes d where d.case_id = p_case and d.decided_at is null
        and d.holder_office_id = held.holder_office_id and p_office in (d.holder_office_id, d.other_office_id);
    if not found or case_tenant() is distinct from
        nearest_common(dispute.holder_tenant_id, dispute.other_tenant_id) then
        raise exception 'no dispute for the caller to decide' using errcode = 'TJ403';
    end if;
    select t.* into taker from offices o join tenants t on t.id = o.tenant_id
        where o.id = p_office and o.valid_to is null;
    if not found or exists (
        select from case_units u where u.case_id = p_case and u.conflicts_tenant_id = taker.id)
    or exists (
        select from case_relations r where r.case_id = p_case and r.relation = 'complained_of'
        and r.tenant_id = taker.id and r.until > scope_now() and r.since <= scope_now())
    or p_office = held.holder_office_id and exists (
        select from handover_offers f where f.case_id = p_case and f.state = 'open' and f.forced) then
        raise exception 'the office named can not hold this case' using errcode = 'TJ409';
    end if;
    update handover_offers set state = 'overruled', decided_at = scope_now() where case_id = p_case and state = 'open';
    update case_relations set until = scope_now() where case_id = p_case and relation = 'offered'
        and until > scope_now();
    update cases set offer_id = null, version = version + 1, changed_at = scope_now() where id = p_case;
    if p_office <> held.holder_office_id then
        update cases set holder_office_id = p_office, province_id = taker.province_id,
            prefecture_id = taker.prefecture_id, county_id = taker.county_id, township_id = taker.township_id,
            handler_id = null
        where id = p_case;
        update case_relations set until = scope_now() where case_id = p_case and relation = 'registrar'
            and until > scope_now();
    end if;
    return p_version + 1;
end
$$;

-- Who may be complained of: the team, and who leads the office that holds the case; told to its parties and its house.
create function case_people(wanted uuid) returns table (person_id uuid, name varchar)
language sql stable security definer set search_path = public, pg_temp as
$$ select p.id, p.name from persons p where p.id in (
       select r.person_id from case_relations r where r.case_id = wanted and r.relation in ('team', 'handler')
       and r.until > scope_now() and r.since <= scope_now()
       union
       select w.person_id from cases c join posts w on w.office_id = c.holder_office_id
       where c.id = wanted and w.role in ('wr_director', 'wr_deputy', 'sfs_head', 'committee_chair')
       and w.since <= scope_now() and (w.until is null or w.until > scope_now()))
   and (case_in_custody(wanted) or exists (
       select from case_relations r where r.case_id = wanted and r.relation = 'self' and r.person_id = case_person()
       and r.until > scope_now() and r.since <= scope_now())) $$;

revoke all on function name_custody, case_people from public;
grant execute on function name_custody, case_people to tiaojie_app;
"""
