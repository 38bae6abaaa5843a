"""Recusals: declared, asked for, decided; how sight is taken away; offers that must go up."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, IN_FORCE, MINE, NEGATIVE, open_to_party, protect_child, script, words

revision = "0022_recusals"
down_revision = "0021_delegations"


def upgrade() -> None:
    op.create_table(
        "recusals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="who is to leave the case"),
        sa.Column("manner", sa.String(), nullable=False, comment="declared | page | oral"),
        sa.Column("ground", sa.String(), nullable=False, comment="codes of access.recusal.Ground"),
        sa.Column("fact", sa.LargeBinary(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True, comment="who asked; null = declared by the person"),
        sa.Column("state", sa.String(), nullable=False, comment="codes of access.recusal.RecusalState"),
        sa.Column(
            "suspends",
            sa.Boolean(),
            nullable=False,
            comment="the person stands aside until the decision (民事诉讼法48)",
        ),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True, comment="of the decision, as the party reads it"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_recusals_case_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_recusals_party_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_recusals_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusals")),
    )
    op.create_index("ix_recusals_case", "recusals", ["case_id", "recorded_at"], unique=False)
    op.create_index(
        "uq_recusals_open",
        "recusals",
        ["case_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.add_column(
        "handover_offers",
        sa.Column(
            "forced",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="by a conflict of interest: not withdrawn, not returned, never lapses",
        ),
    )
    script(FUNCTIONS)
    protect_child("recusals")
    _open_to_party()
    _pass_on()
    _warn_nobody_removed()


def _open_to_party() -> None:
    """The own requests with their answers; who serves on the team (人民调解法 23(1)); where the case is going."""
    open_to_party("recusals", "recusals.party_id = (select case_person())")
    open_to_party("teams", "teams.dissolved_at is null")
    open_to_party("team_members", "team_members.until is null")
    open_to_party("handover_offers", "handover_offers.state = 'open'")


def _pass_on() -> None:
    """A receiver that turns out to be conflicted itself sends a forced offer further up, in the holder's name."""
    between = "(select scope_tenant()) in (from_tenant_id, to_tenant_id)"
    offered = (
        "exists (select from case_relations r where r.case_id = handover_offers.case_id and r.relation = 'offered'"
        f" and r.tenant_id = (select case_tenant()) and {IN_FORCE})"
    )
    op.execute("drop policy app_insert on handover_offers")
    op.execute(
        f"create policy app_insert on handover_offers for insert to {APP}"
        f" with check ({between} or (forced and {offered}))"
    )


def _warn_nobody_removed() -> None:
    """A warning goes to an office by its place; never to one whose tenant, or to a person, that is kept away."""
    op.execute(
        f"create policy app_never on warnings as restrictive for select to {APP} using (not (select removed(case_id)))"
    )


FUNCTIONS = f"""
-- The session's person or tenant is kept away from this case.
create function removed(wanted uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select exists (select from case_relations r where r.case_id = wanted and {MINE} and {IN_FORCE}
                  and r.relation in ({words(NEGATIVE)})) $$;

-- As in `sight`, and no longer for who is kept away: relations of the case are no way around it.
create or replace function case_in_custody(wanted uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select exists (select from cases c where c.id = wanted
                  and case_tenant() in (c.province_id, c.prefecture_id, c.county_id, c.township_id))
          and not removed(wanted) $$;

-- The session stands to this case, by custody or by record.
create function case_near(wanted uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select case_in_custody(wanted) or (not removed(wanted) and exists (
       select from case_relations r where r.case_id = wanted and {MINE} and {IN_FORCE} and r.relation <> 'serves')) $$;

-- One's own sight ends with the row that takes it away: both in one statement, by who still stands to the case.
create function take_sight(
    p_id uuid, p_case uuid, p_relation text, p_tenant int, p_person uuid, p_source text, p_ends text) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if p_relation not in ({words(NEGATIVE)}) or not case_near(p_case) then
        raise exception 'no sight of the case' using errcode = 'TJ403';
    end if;
    update case_relations set until = scope_now()
    where case_id = p_case and until > scope_now() and relation not in ({words(NEGATIVE)})
    and (person_id = p_person or tenant_id = p_tenant or source = p_ends);
    insert into case_relations (id, case_id, relation, tenant_id, person_id, since, until, source)
    values (p_id, p_case, p_relation, p_tenant, p_person, scope_now(), '9999-12-31 00:00+00', p_source);
end
$$;

create function conflicted(wanted uuid, tenant int) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select exists (select from case_units u where u.case_id = wanted and u.conflicts_tenant_id = tenant)
       or exists (select from case_relations r where r.case_id = wanted and r.relation = 'complained_of'
                  and r.tenant_id = tenant and {IN_FORCE}) $$;

create function person_excluded(wanted uuid, person uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select exists (select from case_relations r where r.case_id = wanted and r.relation = 'excluded'
                  and r.person_id = person and {IN_FORCE}) $$;

create or replace function tenant_conflicted(wanted uuid, tenant int) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select may_ask(wanted) and conflicted(wanted, tenant) $$;

-- Nothing is given to what is subordinate to the unit either (refusals 1 and 6): no tenant below a conflicted one.
create function sight_taken(wanted uuid, tenant int, person uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select case_near(wanted) and (person_excluded(wanted, person) or exists (
       select from tenants t cross join unnest(array[t.province_id, t.prefecture_id, t.county_id, t.township_id]) up
       where t.id = tenant and conflicted(wanted, up))) $$;

-- Who leads the case for its holder; a party may know it too.
create function leaders_of(wanted uuid, at_desk text[], in_house text[])
returns table (person_id uuid, name varchar, role varchar)
language sql stable security definer set search_path = public, pg_temp as
$$ select distinct p.id, p.name, w.role from cases c
   join offices h on h.id = c.holder_office_id
   join offices o on o.tenant_id = h.tenant_id and o.valid_to is null
   join posts w on w.office_id = o.id and w.since <= scope_now() and (w.until is null or w.until > scope_now())
       and (o.id = h.id and w.role = any (at_desk) or o.id <> h.id and w.role = any (in_house))
   join persons p on p.id = w.person_id
   where c.id = wanted and case_near(wanted) and not person_excluded(wanted, p.id) $$;

-- The workroom of the nearest tier above that has no conflict, and somebody who may accept.
create function workroom_above(wanted uuid, below int, roles text[]) returns int
language sql stable security definer set search_path = public, pg_temp as
$$ select o.id from tenants me
   join tenants up on up.id in (me.county_id, me.prefecture_id, me.province_id) and up.id <> me.id
   join offices o on o.tenant_id = up.id and o.kind = 'workroom' and o.valid_to is null
   where me.id = below and case_near(wanted) and not conflicted(wanted, up.id) and exists (
       select from posts w where w.office_id = o.id and w.role = any (roles) and w.since <= scope_now()
       and (w.until is null or w.until > scope_now()) and not person_excluded(wanted, w.person_id))
   order by array_position(array['C', 'F', 'P'], up.tier::text), o.id limit 1 $$;

-- Whom one may ask to assist in this case: nobody who is kept away from it.
create function people_to_ask(wanted uuid, roles text[]) returns table (person_id uuid, name varchar, office varchar)
language sql stable security definer set search_path = public, pg_temp as
$$ select distinct p.id, p.name, o.name from tenants me
   join offices o on o.tenant_id in (me.province_id, me.prefecture_id, me.county_id, me.township_id)
   join posts w on w.office_id = o.id and w.role = any (roles) and w.since <= scope_now()
       and (w.until is null or w.until > scope_now())
   join persons p on p.id = w.person_id
   where me.id = case_tenant() and case_near(wanted)
   and not conflicted(wanted, o.tenant_id) and not person_excluded(wanted, p.id) $$;

-- A party sees its own requests only, and still may not ask what is being decided already.
create function recusals_about(wanted uuid, person uuid) returns table (state varchar, party_id uuid)
language sql stable security definer set search_path = public, pg_temp as
$$ select r.state, r.party_id from recusals r
   where r.case_id = wanted and r.person_id = person and r.party_id is not null and case_near(wanted) $$;

revoke all on function recusals_about, take_sight, conflicted, person_excluded, sight_taken from public;
revoke all on function leaders_of, workroom_above from public;
revoke all on function people_to_ask(uuid, text[]) from public;
grant execute on function recusals_about, take_sight, sight_taken, leaders_of, workroom_above to {APP};
grant execute on function people_to_ask(uuid, text[]) to {APP};
"""
