"""Exactly one holder: every change of custody is one row, and one inner function writes it (issue 6, result 3)."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, lock, script
from migrations.row_sight import ask_row_sight, make_row_sight

revision = "0039_transfer"
down_revision = "0038_own_claims"


def upgrade() -> None:
    make_row_sight()
    ask_row_sight()
    make_custody_moves()
    script(FUNCTIONS)
    op.execute(BEFORE)
    # Guards ask what each party said; by kind alone that reads every case's.
    op.create_index("ix_consents_party", "consents", ["kind", "party_id"])


def make_custody_moves() -> None:
    """Read by both sides of the move and with full sight; written by `carry_custody` alone."""
    op.create_table(
        "custody_moves",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="of the case's moves, from 1"),
        sa.Column("from_office_id", sa.Integer(), nullable=False),
        sa.Column("from_tenant_id", sa.Integer(), nullable=False),
        sa.Column("to_office_id", sa.Integer(), nullable=False),
        sa.Column("to_tenant_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False, comment="the row that made it: table:id"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_custody_moves_case_id")),
        sa.ForeignKeyConstraint(["from_office_id"], ["offices.id"], name=op.f("fk_custody_moves_from_office_id")),
        sa.ForeignKeyConstraint(["from_tenant_id"], ["tenants.id"], name=op.f("fk_custody_moves_from_tenant_id")),
        sa.ForeignKeyConstraint(["to_office_id"], ["offices.id"], name=op.f("fk_custody_moves_to_office_id")),
        sa.ForeignKeyConstraint(["to_tenant_id"], ["tenants.id"], name=op.f("fk_custody_moves_to_tenant_id")),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_custody_moves")),
    )
    op.create_index("ix_custody_moves_from", "custody_moves", ["from_tenant_id", "recorded_at"])
    op.create_index("ix_custody_moves_to", "custody_moves", ["to_tenant_id", "recorded_at"])
    lock("custody_moves", "select")
    sides = "case_tenant() in (from_tenant_id, to_tenant_id) and case_shows(case_id)"
    sight = f"({sides}) or case_sight(case_id, recorded_at)"
    op.execute(f"create policy app_read on custody_moves for select to {APP} using ({sight})")


FUNCTIONS = """
-- The inner function of the three below, which alone call it, each after it has looked at everything itself: `held` is
-- the locked row. All that custody itself gives moves here; what else goes with a case, handover.transfer does.
create function carry_custody(held cases, p_office int, p_source text, p_kept uuid[]) returns cases
language plpgsql set search_path = public, pg_temp as
$$
declare
    taker tenants;
    moved cases;
    former int := coalesce(held.township_id, held.county_id, held.prefecture_id, held.province_id);
begin
    select t.* into strict taker from offices o join tenants t on t.id = o.tenant_id where o.id = p_office;
    insert into custody_moves (case_id, number, from_office_id, from_tenant_id, to_office_id, to_tenant_id, source,
                               recorded_at)
    select held.id, coalesce(max(m.number), 0) + 1, held.holder_office_id, former, p_office, taker.id, p_source,
           scope_now()
    from custody_moves m where m.case_id = held.id;
    update cases set holder_office_id = p_office, province_id = taker.province_id, prefecture_id = taker.prefecture_id,
        county_id = taker.county_id, township_id = taker.township_id, offer_id = null, version = version + 1,
        changed_at = scope_now(), handler_id = case when handler_id = any(p_kept) then handler_id end
    where id = held.id returning * into strict moved;
    -- Offers are used up; who registered the case at the old station, or entrusted it there, loses sight with it
    -- (rules 2 and 9); a former holder that holds it again needs no record of that.
    update case_relations set until = scope_now() where case_id = held.id and until > scope_now()
    and (relation in ('offered', 'registrar', 'entrusts') or relation = 'sent' and tenant_id = taker.id);
    -- The former holder keeps the timeline up to now and the final result; a conflicted one keeps nothing.
    if conflicted(held.id, former) then
        perform take_sight(id_at(scope_now()), held.id, 'complained_of', former, null, p_source, null);
    else
        insert into case_relations (id, case_id, relation, tenant_id, office_id, since, until, source)
        values (id_at(scope_now()), held.id, 'sent', former, held.holder_office_id, scope_now(),
                '9999-12-31 00:00+00', p_source);
    end if;
    return moved;
end
$$;

create function held_case(p_case uuid, p_version int) returns cases
language plpgsql set search_path = public, pg_temp as
$$
declare held cases;
begin
    select * into held from cases where id = p_case for update;
    if not found or held.version <> p_version then
        raise exception 'version of the case differs' using errcode = 'TJ412';
    end if;
    return held;
end
$$;

drop function move_custody(uuid, int, int);
drop function name_custody(uuid, int, int);

-- Acceptance: to an office of the caller's tenant, on the open offer to it, which is answered with this.
create function move_custody(p_case uuid, p_office int, p_version int, p_source text, p_kept uuid[]) returns cases
language plpgsql security definer set search_path = public, pg_temp as
$$
declare held cases := held_case(p_case, p_version); taker int;
begin
    select o.tenant_id into taker from offices o where o.id = p_office;
    if held.offer_id is null or p_source <> 'handover_offers:' || held.offer_id or taker is distinct from case_tenant()
    or not exists (
        select from case_relations r where r.case_id = p_case and r.relation = 'offered' and r.until > scope_now()
        and r.tenant_id = taker and (r.office_id is null or r.office_id = p_office)) then
        raise exception 'no open offer of this case to the caller' using errcode = 'TJ403';
    end if;
    update handover_offers set state = 'accepted', decided_by = scope_person(), decided_at = scope_now()
    where id = held.offer_id;
    -- A conflict may send up a disputed case: the superior would be asked for ever about who no longer holds it.
    update holder_disputes set decided_at = scope_now() where case_id = p_case and decided_at is null;
    return carry_custody(held, p_office, p_source, p_kept);
end
$$;

-- 指定办理: the nearest common superior names one of the two offices that dispute a case. Whoever else acts on the case
-- at that moment waits for the lock, and then finds another version: one outcome.
create function name_custody(p_case uuid, p_office int, p_version int, p_source text, p_kept uuid[]) returns cases
language plpgsql security definer set search_path = public, pg_temp as
$$
declare held cases := held_case(p_case, p_version); taker int; dispute holder_disputes;
begin
    select * into dispute from holder_disputes d where d.case_id = p_case and d.decided_at is null
        and d.holder_office_id = held.holder_office_id and p_office in (d.holder_office_id, d.other_office_id);
    if not found or case_tenant() is distinct from
        nearest_common(dispute.holder_tenant_id, dispute.other_tenant_id) then
        raise exception 'no dispute for the caller to decide' using errcode = 'TJ403';
    end if;
    select o.tenant_id into taker from offices o where o.id = p_office and o.valid_to is null;
    if not found or conflicted(p_case, taker)
    or p_office = held.holder_office_id and exists (
        select from handover_offers f where f.case_id = p_case and f.state = 'open' and f.forced) then
        raise exception 'the office named can not hold this case' using errcode = 'TJ409';
    end if;
    perform overrule_offer(p_case);
    if p_office <> held.holder_office_id then
        return carry_custody(held, p_office, p_source, p_kept);
    end if;
    update cases set offer_id = null, version = version + 1, changed_at = scope_now() where id = p_case
    returning * into strict held;
    return held;
end
$$;

-- A tree plan in execution: to the office that the plan puts in the place of the holder. The caller's tenant stands
-- above both (the job's system subject does); what plans there are, `plan_moves` knows: none until one is approved.
create function plan_custody(p_case uuid, p_office int, p_version int, p_source text, p_kept uuid[]) returns cases
language plpgsql security definer set search_path = public, pg_temp as
$$
declare held cases := held_case(p_case, p_version);
begin
    if not plan_moves(p_source, held.holder_office_id, p_office) or case_tenant() is null
    or case_tenant() is distinct from held.province_id then
        raise exception 'no plan in execution moves this case there' using errcode = 'TJ403';
    end if;
    perform overrule_offer(p_case);
    update holder_disputes set decided_at = scope_now(), named_office_id = p_office
    where case_id = p_case and decided_at is null;
    return carry_custody(held, p_office, p_source, p_kept);
end
$$;

-- Whether the approved tree plan that p_source names ('tree_plans:<id>'), now in execution, puts office p_to in the
-- place of office p_from. Denied until the table of plans says otherwise.
create function plan_moves(p_source text, p_from int, p_to int) returns boolean language sql stable as
$$ select false $$;

create function overrule_offer(p_case uuid) returns void language sql set search_path = public, pg_temp as
$$
    update handover_offers set state = 'overruled', decided_at = scope_now() where case_id = p_case and state = 'open';
    update case_relations set until = scope_now() where case_id = p_case and relation = 'offered'
        and until > scope_now();
$$;

revoke all on function carry_custody, held_case, move_custody, name_custody, plan_custody, plan_moves, overrule_offer
    from public;
grant execute on function move_custody, name_custody, plan_custody to tiaojie_app;
"""

BEFORE = """
insert into custody_moves (case_id, number, from_office_id, from_tenant_id, to_office_id, to_tenant_id, source,
                           recorded_at)
select m.case_id, row_number() over (partition by m.case_id order by m.at), m.from_office, m.from_tenant, m.to_office,
       m.to_tenant, m.source, m.at
from (
    select case_id, from_office_id as from_office, from_tenant_id as from_tenant, to_office_id as to_office,
           to_tenant_id as to_tenant, 'handover_offers:' || id as source, decided_at as at
    from handover_offers where state = 'accepted'
    union all
    select case_id, holder_office_id, holder_tenant_id, other_office_id, other_tenant_id, 'holder_disputes:' || id,
           decided_at
    from holder_disputes where decided_at is not null and named_office_id = other_office_id
) m
"""
"""What moved before there was this table."""
