"""The ledger's page reads counters; one matter is marked once, and named where it was paid twice; a preview of rates
that another change has overtaken is counted again."""

import sqlalchemy as sa
from alembic import op

from migrations.counting_books import COUNTED
from migrations.protection import script
from migrations.tariffs import APPROVE

revision = "0066_books_counted"
down_revision = "0065_bulk_walked"

MATTERS = """
-- Whether the two are marked as one matter, from whichever side; the second who asks at once waits for the first.
create function matter_marked(p_case uuid, p_other uuid) returns boolean
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if not case_shows(p_case) then raise exception 'not the case of the caller' using errcode = 'TJ403'; end if;
    perform pg_advisory_xact_lock(
        hashtextextended('matter mark ' || least(p_case, p_other) || greatest(p_case, p_other), 0));
    return exists (select from case_links l where l.kind = 'same_matter' and l.withdrawn_at is null
        and ((l.case_id, l.other_case_id) = (p_case, p_other) or (l.case_id, l.other_case_id) = (p_other, p_case)));
end
$$;

-- Settlements of one matter, both paid, of which neither has reckoned with the other: they were linked too late.
-- Each pair once, the earlier first.
create view paid_twice with (security_invoker = true) as
select s.id as first_id, s.case_id as first_case, s.amount_fen as first_fen,
       t.id as second_id, t.case_id as second_case, t.amount_fen as second_fen
from (select distinct linked.id from case_links l cross join lateral (values (l.case_id), (l.other_case_id)) linked (id)
      where l.kind = 'same_matter' and l.withdrawn_at is null) marked
join settlements s on s.case_id = marked.id and s.status in ('paying', 'paid')
cross join lateral same_matters(s.case_id) m
join settlements t on t.case_id = m and t.case_id <> s.case_id and t.status in ('paying', 'paid')
    and (t.recorded_at, t.id) > (s.recorded_at, s.id)
where t.case_id not in (select same_matters_on(s.case_id, t.recorded_at));
revoke all on paid_twice from public;

-- Of a case in sight: what its settlement was paid beside. The other's row is not shown by it.
create function paid_beside(p_case uuid, out settlement_id uuid, out fen bigint) returns setof record
language sql stable security definer set search_path = public, pg_temp as
$$ select case when p.first_case = p_case then p.second_id else p.first_id end,
          case when p.first_case = p_case then p.second_fen else p.first_fen end
   from paid_twice p where p_case in (p.first_case, p.second_case) and case_shows(p_case) order by 1 $$;

revoke all on function matter_marked, paid_beside from public;
grant execute on function matter_marked, paid_beside to tiaojie_app;
"""

OVERTAKEN = """
-- Since the preview was begun, another change of the same line came into force: what it says is no longer so.
create function tariff_overtaken(p_change uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select exists (
       select from tariff_changes c
       join tariff_previews p on p.change_id = c.id and p.version = c.version
       join tenants mine on mine.id = c.tenant_id
       join tariff_changes other on other.id <> c.id and other.state = 'approved'
           and greatest(other.justice_at, other.petition_at) > p.started_at
       join tenants theirs on theirs.id = other.tenant_id
       where c.id = p_change and tenant_below(c.tenant_id)
       and (theirs.id in (mine.province_id, mine.prefecture_id, mine.county_id)
            or mine.id in (theirs.province_id, theirs.prefecture_id, theirs.county_id))) $$;
revoke all on function tariff_overtaken from public;
grant execute on function tariff_overtaken to tiaojie_app;
"""

FIRST = "begin\n    select * into change from tariff_changes c where c.id = p_change for update;"
ONE_BY_ONE = FIRST.replace("begin\n", "begin\n    perform pg_advisory_xact_lock(hashtext('approve_tariff'));\n")
DAY = "    if change.effective_on <= "
STALE = f"""    if tariff_overtaken(p_change) then
        raise exception 'what was seen is no longer so' using errcode = 'TJT06';
    end if;
{DAY}"""


def upgrade() -> None:
    for side in ("debit", "credit"):
        op.add_column(
            "money_counts",
            sa.Column(
                f"entered_{side}_fen",
                sa.BigInteger(),
                nullable=False,
                server_default="0",
                comment="as entered: reversals are not taken off",
            ),
        )
        op.alter_column("money_counts", f"entered_{side}_fen", server_default=None)
    script(COUNTED)
    op.execute("select recount_money()")
    op.drop_index("ix_ledger_entries_tenant_year", "ledger_entries")
    op.create_index(
        "ix_ledger_entries_account", "ledger_entries", ["tenant_id", "year", "account", "transaction_id", "id"]
    )
    script(MATTERS)
    script(OVERTAKEN)
    _approve_one_by_one()


def _approve_one_by_one() -> None:
    """As in 0050; two changes don't come into force at once, and none on a preview that is overtaken."""
    approve = APPROVE[APPROVE.index("create function approve_tariff") : APPROVE.index("revoke all")]
    for old, new in (("create function", "create or replace function"), (FIRST, ONE_BY_ONE), (DAY, STALE)):
        assert approve.count(old) == 1
        approve = approve.replace(old, new)
    script(approve)
