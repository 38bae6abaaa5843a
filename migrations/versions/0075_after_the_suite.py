"""What the whole suite met: counts of paid cases follow how a case ends after all; who assists waits for the holder."""

from migrations.protection import script

revision = "0075_after_the_suite"
down_revision = "0074_fees_walked"

SETTLED = """
-- A case that was paid at discretion and is agreed later (A14, then A20) counts by its last ending, as a recount does.
create function settled_otherwise() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
declare paid settlements;
begin
    for paid in select s.* from settlements s
            where s.case_id = new.id and s.status = 'paid' and s.paid_at is not null order by s.tenant_id, s.id loop
        perform money_gate(paid.tenant_id);
        insert into settled_counts as c (tenant_id, month, case_class, ending, cases)
            select paid.tenant_id, money_month(paid.paid_at), paid.case_class, e.ending, e.n
            from (values (case_ending(old.outcome), -1), (case_ending(new.outcome), 1)) e (ending, n) order by e.ending
            on conflict (tenant_id, month, case_class, ending) do update set cases = c.cases + excluded.cases;
    end loop;
    return null;
end
$$;
revoke all on function settled_otherwise from public;
create trigger settled_otherwise after update of outcome on cases for each row
    when (case_ending(old.outcome) is distinct from case_ending(new.outcome)) execute function settled_otherwise();
select recount_money();
"""

WAITING = """
-- Until whoever is changing the case has done so: what the caller reads next is as they left it.
create function case_waits(p_case uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if case_shows(p_case) then
        perform from cases c where c.id = p_case for key share;
    end if;
end
$$;
revoke all on function case_waits from public;
grant execute on function case_waits to tiaojie_app;
"""


def upgrade() -> None:
    script(SETTLED)
    script(WAITING)
