"""Six directions, disputes between offices with both claims, and the limits against shuffling."""

import sqlalchemy as sa
from alembic import op

from migrations.passing import BEFORE, COUNTING, HELD_SINCE, LOOPS
from migrations.protection import APP, lock, open_to_all, script

revision = "0041_directions"
down_revision = "0040_protocol"


def upgrade() -> None:
    disputes()
    assistances()
    settings()
    sponsors()
    loops()
    counts()
    script(HELD_SINCE)
    script(QUESTIONS)
    script(ENDING)
    script(LOOPS)
    script(COUNTING)
    op.execute(f"grant select on passed_offers, passed_namings, passed_loops to {APP}")
    op.execute(BEFORE)


def disputes() -> None:
    """Both offices write their own stand, the superior decides, the conference coordinates what is overdue."""
    table = "holder_disputes"
    op.alter_column(table, "offer_id", nullable=True)
    op.alter_column(
        table, "offer_id", comment="the offer that was returned; null = none was, the ground is another",
        existing_comment="the offer that was returned",
    )  # fmt: skip
    op.alter_column(table, "decider_tenant_id", nullable=True)
    op.alter_column(
        table, "decider_tenant_id", comment="the nearest common superior; null = none, the conference coordinates",
        existing_comment="the nearest common superior",
    )  # fmt: skip
    for column in STANDS:
        op.add_column(table, column)
    op.create_foreign_key(
        op.f("fk_holder_disputes_conference_tenant_id"), table, "tenants", ["conference_tenant_id"], ["id"]
    )
    opened = sa.text("decided_at is null")
    op.create_index("ix_holder_disputes_other", table, ["other_office_id"], postgresql_where=opened)
    op.create_index(
        "ix_holder_disputes_conference", table, ["conference_tenant_id", "decide_by"], postgresql_where=opened
    )
    for policy in ("app_read", "app_insert", "app_update"):
        op.execute(f"drop policy {policy} on {table}")
    tenant, shows = "(select case_tenant())", "(select case_shows(case_id))"
    above, sides = "decider_tenant_id, conference_tenant_id", "holder_tenant_id, other_tenant_id"
    op.execute(
        f"create policy app_read on {table} for select to {APP}"
        f" using ({tenant} in ({sides}, {above}) or (select case_sight(case_id, recorded_at)))"
    )
    written = f"{tenant} in (holder_tenant_id, {above}) and {shows}"
    op.execute(f"create policy app_insert on {table} for insert to {APP} with check ({written})")
    changed = f"{tenant} in (other_tenant_id, {above}) and {shows}"
    op.execute(f"create policy app_update on {table} for update to {APP} using ({changed}) with check ({changed})")


STANDS = (
    sa.Column(
        "ground", sa.String(), nullable=False, server_default="returned", comment="codes of models.DisputeGround"
    ),
    sa.Column(
        "conference_tenant_id", sa.Integer(), nullable=True,
        comment="whose joint conference coordinates what is overdue or has no superior",
    ),
    sa.Column("stance", sa.String(), nullable=True, comment="the holder's: codes of models.Stance"),
    sa.Column("claim_reason", sa.String(), nullable=True, comment="the holder's: codes of models.ClaimReason"),
    sa.Column("other_stance", sa.String(), nullable=True),
    sa.Column("other_reason", sa.String(), nullable=True),
    sa.Column("other_proof", sa.String(), nullable=True, comment="as the holder's"),
    sa.Column("other_stated_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("other_stated_by", sa.Uuid(), nullable=True),
    sa.Column(
        "held_since", sa.DateTime(timezone=True), nullable=True,
        comment="since when the holder held the case: by the database",
    ),
    sa.Column("minutes_no", sa.String(), nullable=True, comment="of the conference that coordinated; null = named"),
    sa.Column("held_on", sa.Date(), nullable=True, comment="the day of that conference"),
)  # fmt: skip


def assistances() -> None:
    table = "assistances"
    op.alter_column(table, "person_id", nullable=True)
    for column in (
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("actions", sa.ARRAY(sa.String()), nullable=True, comment="lent by name; null = all of the role"),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True, comment="null = as recorded"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("end_cause", sa.String(), nullable=True, comment="codes of models.AssistEnd"),
        sa.Column("end_reason", sa.String(), nullable=True),
    ):
        op.add_column(table, column)
    op.create_foreign_key(op.f("fk_assistances_office_id"), table, "offices", ["office_id"], ["id"])
    op.create_check_constraint(
        op.f("ck_assistances_person_or_office"), table, "(person_id is null) <> (office_id is null)"
    )


def settings() -> None:
    op.create_table(
        "handover_settings",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=True, comment="null = the whole province"),
        sa.Column("naming_days", sa.SmallInteger(), nullable=True, comment="working days; null = as given above"),
        sa.Column("most_handovers", sa.SmallInteger(), nullable=True, comment="of one case; null = as given above"),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("naming_days between 1 and 30", name=op.f("ck_handover_settings_naming_days")),
        sa.CheckConstraint("most_handovers between 1 and 20", name=op.f("ck_handover_settings_most_handovers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_settings")),
    )
    op.create_index(
        "uq_handover_settings_day", "handover_settings", ["tenant_id", "valid_from"],
        unique=True, postgresql_nulls_not_distinct=True,
    )  # fmt: skip
    open_to_all("handover_settings", "select, insert, update, delete")
    script(SETTINGS)
    op.execute(f"grant select, insert, update, delete on subtree_handover_settings to {APP}")


def sponsors() -> None:
    op.create_table(
        "committee_sponsors",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False, comment="whose committee it is"),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=True, comment="统一社会信用代码"),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_committee_sponsors_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee_sponsors")),
    )
    op.create_index("uq_committee_sponsors_name", "committee_sponsors", ["office_id", "name"], unique=True)
    open_to_all("committee_sponsors", "select, insert, update, delete")
    script(SPONSORS)
    op.execute(f"grant select, insert, update, delete on subtree_committee_sponsors to {APP}")


def loops() -> None:
    op.create_table(
        "custody_loops",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="of the move that closed it"
        ),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column(
            "path", sa.ARRAY(sa.Integer()), nullable=False, comment="offices from its first holder round to it again"
        ),
        sa.Column("from_tenant_id", sa.Integer(), nullable=False, comment="who passed it back"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_custody_loops_case_id")),
        sa.ForeignKeyConstraint(["from_tenant_id"], ["tenants.id"], name=op.f("fk_custody_loops_from_tenant_id")),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_custody_loops")),
    )  # fmt: skip
    op.create_index("ix_custody_loops_tenant", "custody_loops", ["from_tenant_id", "recorded_at"])
    lock("custody_loops", "select")
    op.execute(f"create policy app_read on custody_loops for select to {APP} using (case_sight(case_id, recorded_at))")


def counts() -> None:
    op.create_table(
        "passed_counts",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False, comment="of an offer; named; loop"),
        sa.Column(
            "reason", sa.String(), nullable=False, comment="of the offer, the dispute's ground, the loop's kind"
        ),
        sa.Column("outcome", sa.String(), nullable=False, comment="the offer's state; named, kept; looped"),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False, comment="that they had been held when they left"),
        sa.PrimaryKeyConstraint(
            "tenant_id", "month", "direction", "reason", "outcome", name=op.f("pk_passed_counts")
        ),
    )  # fmt: skip
    lock("passed_counts", "select")
    op.execute(f"create policy app_read on passed_counts for select to {APP} using ({BELOW})")
    op.add_column(
        "handover_offers",
        sa.Column(
            "held_since", sa.DateTime(timezone=True), nullable=True,
            comment="since when the sender held the case: by the database",
        ),
    )  # fmt: skip


BELOW = """
tenant_id in (select t.id from tenants t
              where (select scope_tenant()) in (t.province_id, t.prefecture_id, t.county_id, t.township_id))
"""

SETTINGS = """
create policy app_write on handover_settings to tiaojie_app
    using (case when tenant_id is null then (select scope_is_province()) else tenant_below(tenant_id) end)
    with check (case when tenant_id is null then (select scope_is_province()) else tenant_below(tenant_id) end);

create trigger audit_change after insert or update or delete on handover_settings
    for each row execute function audit_dictionary('id');

create view subtree_handover_settings with (security_invoker = true) as
select s.id, s.tenant_id, s.naming_days, s.most_handovers, s.valid_from, s.reason from handover_settings s
where s.tenant_id is null or exists (select from subtree_tenants t where t.id = s.tenant_id)
    or exists (select from tenants mine where mine.id = (select scope_tenant())
               and s.tenant_id in (mine.province_id, mine.prefecture_id, mine.county_id, mine.township_id));
"""

SPONSORS = """
create policy app_write on committee_sponsors to tiaojie_app
    using (tenant_below(tenant_id))
    with check (tenant_below(tenant_id) and exists (
        select from offices o where o.id = office_id and o.tenant_id = committee_sponsors.tenant_id
        and o.kind = 'committee'));

create trigger audit_change after insert or update or delete on committee_sponsors
    for each row execute function audit_dictionary('id');

create view subtree_committee_sponsors with (security_invoker = true) as
select s.id, s.tenant_id, s.office_id, s.name, s.uscc from committee_sponsors s
where exists (select from subtree_tenants t where t.id = s.tenant_id);

-- Whether a unit of the case has set up that committee; for who sees the units.
create function committee_sponsored(wanted uuid, committee int) returns boolean language sql stable as
$$ select exists (
       select from committee_sponsors s join case_units u on u.case_id = wanted
       and (u.name = s.name or u.uscc = s.uscc) where s.office_id = committee)
   or exists (select from committee_sponsors s join cases c on c.id = wanted and c.visited_unit = s.name
              where s.office_id = committee) $$;
"""

QUESTIONS = """
-- Whose joint conference coordinates: of the nearest common superior, or where there is none of the upper of the two.
create function conference_of(here int, there int) returns int language sql stable as
$$ select coalesce(nearest_common(here, there), (
       select t.id from tenants a, tenants b, tenants t where a.id = here and b.id = there
       and t.id in (a.province_id, a.prefecture_id, a.county_id, a.township_id)
       and t.id in (b.province_id, b.prefecture_id, b.county_id, b.township_id)
       order by array_position(array['P', 'F', 'C', 'T'], t.tier::text) desc limit 1)) $$;

-- Offices that may be asked to assist: workrooms and committees of the own line, beside it and right below it, with
-- somebody there and without a conflict. For who holds the case.
create function offices_to_ask(wanted uuid) returns table (office_id int, name varchar, tenant varchar)
language sql stable security definer set search_path = public, pg_temp as
$$ select o.id, o.name, t.name from tenants me
   join tenants t on t.id in (me.province_id, me.prefecture_id, me.county_id, me.township_id)
       or t.parent_id in (me.id, me.parent_id)
   join offices o on o.tenant_id = t.id and o.valid_to is null and o.kind in ('workroom', 'committee')
   join cases c on c.id = wanted and c.holder_office_id <> o.id
   where me.id = case_tenant() and case_in_custody(wanted) and not conflicted(wanted, t.id)
   and not committee_sponsored(wanted, o.id) and exists (
       select from posts w where w.office_id = o.id and w.since <= scope_now()
       and (w.until is null or w.until > scope_now())) $$;

-- Who works at an office in one of these roles, without who left the case. For who holds it.
create function people_at(wanted uuid, desk int, roles text[]) returns table (person_id uuid, name varchar)
language sql stable security definer set search_path = public, pg_temp as
$$ select distinct p.id, p.name from posts w join persons p on p.id = w.person_id
   where w.office_id = desk and w.role = any (roles) and w.since <= scope_now()
   and (w.until is null or w.until > scope_now()) and case_in_custody(wanted)
   and not person_excluded(wanted, p.id) $$;

-- What is lent now, for the holder and for who has an open offer and may keep it.
create function assistants_standing(wanted uuid)
returns table (assistance_id uuid, person_id uuid, office_id int, name varchar, role varchar, until timestamptz)
language sql stable security definer set search_path = public, pg_temp as
$$ select a.id, a.person_id, a.office_id, coalesce(p.name, o.name), a.role, a.until from assistances a
   left join persons p on p.id = a.person_id left join offices o on o.id = a.office_id
   where a.case_id = wanted and a.ended_at is null and a.until > scope_now() and may_ask(wanted)
   order by a.recorded_at, a.id $$;

revoke all on function offices_to_ask, people_at, assistants_standing from public;
grant execute on function offices_to_ask, people_at, assistants_standing to tiaojie_app;
"""

ENDING = """
-- However a dispute ends (named, coordinated, by a tree plan, with its case), what it opened is closed with it.
create function dispute_ended() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    update case_relations set until = scope_now() where case_id = new.case_id and until > scope_now()
        and source = 'holder_disputes:' || new.id and relation in ('offered', 'supervises');
    return null;
end
$$;

create function dispute_ends_with_case() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    update holder_disputes set decided_at = scope_now() where case_id = new.id and decided_at is null;
    return null;
end
$$;

create trigger dispute_ended after update of decided_at on holder_disputes for each row
    when (old.decided_at is null and new.decided_at is not null) execute function dispute_ended();
create trigger dispute_ends_with_case after update of state on cases for each row
    when (new.state in ('refused', 'closed', 'archived') and old.state not in ('refused', 'closed', 'archived'))
    execute function dispute_ends_with_case();
"""
