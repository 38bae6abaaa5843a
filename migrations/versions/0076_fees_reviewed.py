"""What a last walk of the money found: a fee that arose here is reviewed here, wherever its case has gone."""

from alembic import op

from migrations.protection import script

revision = "0076_fees_reviewed"
down_revision = "0075_after_the_suite"

WAITING = """
-- Fees that by the answer in force the caller's finance bears (or that of a tenant merged into it) and that nobody has
-- approved, of cases that it neither holds any more nor for a township of its own: its reviewer decides on them without
-- sight of the case.
create function gone_fees_unreviewed(
    out fee_id uuid, out fee text, out institution text, out amount_fen bigint, out incurred_on date)
returns setof record language sql stable security definer set search_path = public, pg_temp as
$$ select f.id, f.kind, f.institution, d.maximum_fen, f.incurred_on
   from payer_decisions d join fees f on f.id = d.about_id join cases c on c.id = f.case_id
   where d.about = 'fee' and d.payer = 'finance'
   and not removed(c.id)
   and d.budget_tenant_id = any (array(select t.id from tenants t where t.id = case_tenant()
                                       or t.valid_to is not null and heir_of(t.id) = case_tenant()))
   and not exists (select from fee_payments p where p.fee_id = f.id)
   and not exists (select from payer_decisions n where n.case_id = d.case_id and n.about_id = d.about_id
                   and (n.recorded_at, n.id) > (d.recorded_at, d.id))
   and case_tenant() <> coalesce(c.township_id, c.county_id, c.prefecture_id, c.province_id)
   and (c.township_id is null or case_tenant() is distinct from c.county_id)
   order by f.incurred_on, f.id $$;

-- As in 0067, for such a fee, and for an approved one of a case gone (0074).
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
    end if;
    if not found then
        select case_id into moved from fees
            where id = p_about and id in (select fee_id from gone_fees_unreviewed());
        if not found then raise exception 'no money of the caller' using errcode = 'TJ403'; end if;
    end if;
    if moved is not null then
        perform from cases where id = moved for update;
        if p_about in (select id from fee_payments) and p_about not in (select payment_id from gone_fees())
           or p_about in (select id from fees) and p_about not in (select fee_id from gone_fees_unreviewed()) then
            raise exception 'no money of the caller any more' using errcode = 'TJ403';
        end if;
        insert into case_relations (id, case_id, relation, person_id, since, until, source, actions)
        values (id_at(scope_now()), moved, 'delegated', scope_person(), scope_now(), 'infinity', 'own_money', '{}');
    end if;
end
$$;

revoke all on function gone_fees_unreviewed from public;
grant execute on function gone_fees_unreviewed to tiaojie_app;
"""


def upgrade() -> None:
    where = "about = 'fee' and payer = 'finance'"
    op.execute(f"create index ix_payer_decisions_fees on payer_decisions (budget_tenant_id) where {where}")
    script(WAITING)
