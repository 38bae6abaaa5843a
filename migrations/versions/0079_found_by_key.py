"""Whatever is asked for by a key has an index on that key: a page of one case read whole tables of all cases.

Small tables hid it, since PostgreSQL reads them whole anyway. The index of the reversals held the debits alone, so that
nobody who asked without naming the side could use it; that of the linked cases one kind of link.
"""

import sqlalchemy as sa
from alembic import op

from migrations.protection import script

revision = "0079_found_by_key"
down_revision = "0078_nobody_waits_crosswise"

KEYS = (
    ("case_links", "ix_case_links_other", "other_case_id"),
    ("holder_disputes", "ix_holder_disputes_case", "case_id"),
    ("inspection_findings", "ix_inspection_findings_inspection", "inspection_id"),
    ("panel_papers", "ix_panel_papers_panel", "panel_id"),
    ("payer_decisions", "ix_payer_decisions_about", "about_id"),
    ("payment_lines", "ix_payment_lines_account", "account_id"),
    ("performances", "ix_performances_term", "term_id"),
    ("relief_referrals", "ix_relief_referrals_check", "check_id"),
    ("team_members", "ix_team_members_team", "team_id"),
)
REVERSES, LEDGER = "uq_ledger_entries_reverses", "ledger_entries"
# As in 0066, one case's apart from all: who asks for one case need not go through those of the province.
PAID = """
create function paid_later(p_case uuid, out first_id uuid, out first_case uuid, out first_fen bigint,
    out second_id uuid, out second_case uuid, out second_fen bigint) returns setof record
language sql stable set search_path = public, pg_temp as
$$ select s.id, s.case_id, s.amount_fen, t.id, t.case_id, t.amount_fen
   from settlements s cross join lateral same_matters(s.case_id) m
   join settlements t on t.case_id = m and t.case_id <> s.case_id and t.status in ('paying', 'paid')
       and (t.recorded_at, t.id) > (s.recorded_at, s.id)
   where s.case_id = p_case and s.status in ('paying', 'paid')
   and t.case_id not in (select same_matters_on(s.case_id, t.recorded_at)) $$;

create or replace view paid_twice with (security_invoker = true) as
select p.*
from (select distinct linked.id from case_links l cross join lateral (values (l.case_id), (l.other_case_id)) linked (id)
      where l.kind = 'same_matter' and l.withdrawn_at is null) marked
cross join lateral paid_later(marked.id) p;

create or replace function paid_beside(p_case uuid, out settlement_id uuid, out fen bigint) returns setof record
language sql stable security definer set search_path = public, pg_temp as
$$ select case when p.first_case = p_case then p.second_id else p.first_id end,
          case when p.first_case = p_case then p.second_fen else p.first_fen end
   from (select p_case union select same_matters(p_case)) matter (id) cross join lateral paid_later(matter.id) p
   where p_case in (p.first_case, p.second_case) and case_shows(p_case) order by 1 $$;
revoke all on function paid_later from public;
"""
# No index begins with a party: what is asked of one is asked of its case.
SHARES = """
do $$
begin
    execute replace(pg_get_functiondef('gone_shares'::regproc), 'where v.party_id = p.id',
        'where v.case_id = p.case_id and v.party_id = p.id');
end $$;
"""


def upgrade() -> None:
    for table, index, key in KEYS:
        op.create_index(index, table, [key])
    op.drop_index("ix_case_links_matter", "case_links")
    op.drop_index(REVERSES, LEDGER)
    sides, back = ("reverses", sa.text("(debit_fen > 0)")), sa.text("reverses is not null")
    op.create_index(REVERSES, LEDGER, [*sides], unique=True, postgresql_where=back)
    awaited = sa.text("status in ('requested', 'approved')")
    op.create_index("ix_travel_requests_awaited", "travel_requests", ["office_id"], postgresql_where=awaited)
    unanswered = sa.text("outcome is null")
    op.create_index("ix_settlement_appeals_open", "settlement_appeals", ["settlement_id"], postgresql_where=unanswered)
    script(PAID)
    script(SHARES)
