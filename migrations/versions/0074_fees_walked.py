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

revoke all on function gone_fees from public;
grant execute on function gone_fees to tiaojie_app;
"""


def upgrade() -> None:
    script(GONE)
