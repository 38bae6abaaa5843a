"""What a second walk of the money found: an approved fee is paid from the books that bear it, wherever its case is."""

from migrations.protection import script

revision = "0074_fees_walked"
down_revision = "0073_disputes_told"

GONE = """
-- Fees that the caller's tenant has approved and not paid, of cases that it neither holds any more nor for a township
-- of its own (as gone_shares, 0067): its cashier pays them without sight of the case.
create function gone_fees(
    out payment_id uuid, out kind text, out fee text, out institution text, out amount_fen bigint,
    out approved_at timestamptz) returns setof record
language sql stable security definer set search_path = public, pg_temp as
$$ select p.id, p.kind, f.kind, f.institution, p.amount_fen, p.recorded_at
   from fee_payments p join fees f on f.id = p.fee_id join cases c on c.id = p.case_id
   where p.tenant_id = case_tenant() and p.state = 'approved'
   and not removed(c.id)
   and case_tenant() <> coalesce(c.township_id, c.county_id, c.prefecture_id, c.province_id)
   and (c.township_id is null or case_tenant() is distinct from c.county_id)
   order by p.recorded_at, p.id $$;

-- As in 0067, for such a fee too.
create or replace function own_money_moved(p_about uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
declare moved uuid;
begin
    select coalesce(s.case_id, t.case_id) into moved from payment_lines l join payment_batches b on b.id = l.batch_id
        left join settlement_shares s on s.id = l.ground_id and l.ground = 'settlement'
        left join travel_requests t on t.id = l.ground_id and l.ground = 'trip'
        where l.id = p_about and l.tenant_id = case_tenant() and b.sent_at is not null;
    if not found then
        select case_id into moved from recoveries
            where id = p_about and tenant_id = case_tenant() and withdrawn_at is null;
    end if;
    if not found then
        select case_id into moved from fee_payments
            where id = p_about and id in (select payment_id from gone_fees());
        if not found then raise exception 'no money of the caller' using errcode = 'TJ403'; end if;
    end if;
    if moved is not null then
        perform from cases where id = moved for update;
        insert into case_relations (id, case_id, relation, person_id, since, until, source, actions)
        values (id_at(scope_now()), moved, 'delegated', scope_person(), scope_now(), 'infinity', 'own_money', '{}');
    end if;
end
$$;

revoke all on function gone_fees from public;
grant execute on function gone_fees to tiaojie_app;
"""


def upgrade() -> None:
    script(GONE)
