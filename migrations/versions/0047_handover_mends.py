"""What fresh eyes found in handovers, imports and disputes."""

import sqlalchemy as sa
from alembic import op

from migrations.deciding import COORDINATED, DECIDERS, NAMING
from migrations.protection import script

revision = "0047_handover_mends"
down_revision = "0046_remainder"


def upgrade() -> None:
    narrow_second_lock()
    script(DECIDERS)
    script(NAMING)
    script(COORDINATED)
    ask_parties()
    confirm_intakes()
    script(SPONSORS)
    script(STAYING)
    script(BULK)
    script(INSPECTIONS)


def narrow_second_lock() -> None:
    """Who was a side of an offer or a dispute reads it as long as the case shows: not after a return, a conflict."""
    tenant, seen = "(select case_tenant())", "case_sight(case_id, recorded_at)"
    for table, sides in (
        ("handover_offers", "from_tenant_id, to_tenant_id"),
        ("holder_disputes", "holder_tenant_id, other_tenant_id, decider_tenant_id, conference_tenant_id"),
    ):
        op.execute(f"alter policy app_read on {table} using ({tenant} in ({sides}) and case_shows(case_id) or {seen})")


def ask_parties() -> None:
    """人民调解法 23(1), also where a superior named the mediator."""
    op.add_column(
        "holder_disputes",
        sa.Column(
            "direction", sa.String(), nullable=True, comment="in which the naming moved the case; null = it moved none"
        ),
    )
    script(WORD)


def confirm_intakes() -> None:
    """Who uploaded a file, who said what its columns are and who confirmed it are kept apart: two persons at least."""
    op.alter_column(
        "intakes", "person_id", comment="who uploaded it", existing_comment="who uploaded it, and confirmed it"
    )
    for name, comment in (
        ("mapped_by", "who last said what its columns are; null = the uploader"),
        ("confirmed_by", "for whom it comes in"),
        ("confirmed_post", "in which post"),
    ):
        op.add_column("intakes", sa.Column(name, sa.Uuid(), nullable=True, comment=comment))
    script(NUMBERS)


WORD = """
-- Of which office the parties are asked now whether they accept it: the receiver of an offer sideways or 跨部门, else
-- for fifteen days the holder that a superior named so. For the parties, and for who may see the case.
create function office_asked_about(wanted uuid) returns int
language sql stable security definer set search_path = public, pg_temp as
$$ select case when case_shows(wanted) then coalesce(
       (select f.to_office_id from handover_offers f where f.case_id = wanted and f.state = 'open'
        and f.direction in ('sideways', 'cross')),
       (select d.named_office_id from holder_disputes d
        join cases c on c.id = d.case_id and c.holder_office_id = d.named_office_id and c.offer_id is null
        where d.case_id = wanted and d.direction in ('sideways', 'cross')
        and d.decided_at > scope_now() - interval '15 days' order by d.decided_at desc limit 1)) end $$;

-- Whether somebody at the table refuses the office to which the case was last offered, or its holder (that was named).
create function transfer_refused(wanted uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select coalesce(bool_or(parties_accept_transfer(wanted, asked.office) = 'refused'), false)
   from cases c cross join lateral (
       select c.holder_office_id as office
       union all (
           select f.to_office_id from handover_offers f where f.case_id = c.id
           and f.from_office_id = c.holder_office_id and f.direction in ('sideways', 'cross')
           order by f.recorded_at desc, f.id desc limit 1)) asked
   where c.id = wanted $$;

revoke all on function office_asked_about, transfer_refused from public;
grant execute on function office_asked_about, transfer_refused to tiaojie_app;
"""

NUMBERS = """
drop function origin_numbers(text);

-- Definer: a number is taken also where its case has gone on to another holder, or its reader is excluded from it.
create function origin_numbers(p_system text, among text[]) returns setof varchar
language sql stable security definer set search_path = public, pg_temp as
$$ select outside_no from case_origins
   where tenant_id = case_tenant() and system = p_system and outside_no = any (among) $$;
revoke all on function origin_numbers from public;
grant execute on function origin_numbers to tiaojie_app;
"""

SPONSORS = """
-- A name or code as two people write it: width, blanks and case tell no units apart.
create function unit_as_written(text) returns text language sql immutable as
$$ select upper(regexp_replace(normalize($1, NFKC), '\\s', '', 'g')) $$;

create or replace function committee_sponsored(wanted uuid, committee int) returns boolean language sql stable as
$$ select exists (
       select from committee_sponsors s join case_units u on u.case_id = wanted
       and (unit_as_written(u.name) = unit_as_written(s.name) or unit_as_written(u.uscc) = unit_as_written(s.uscc))
       where s.office_id = committee)
   or exists (select from committee_sponsors s join cases c on c.id = wanted
              and unit_as_written(c.visited_unit) = unit_as_written(s.name) where s.office_id = committee) $$;
"""

STAYING = """
-- Who serves on the team of a case that is offered to the caller: name, profession and part, and nothing else of it.
-- Nobody of a tenant that a conflict keeps away: what such a person had seen ends, whoever holds the case.
create or replace function team_offered(wanted uuid)
returns table (person_id uuid, name varchar, profession varchar, role varchar)
language sql stable security definer set search_path = public, pg_temp as
$$ select p.id, p.name, p.profession, m.role from teams t join team_members m on m.team_id = t.id
   join persons p on p.id = m.person_id
   where t.case_id = wanted and t.dissolved_at is null and m.until is null and m.status = 'accepted'
   and (m.ends_at is null or m.ends_at > scope_now())
   and exists (select from case_relations r where r.case_id = wanted and r.relation = 'offered'
               and r.tenant_id = case_tenant() and r.until > scope_now() and r.since <= scope_now())
   and not exists (select from posts w join offices o on o.id = w.office_id
                   where w.person_id = p.id and w.since <= scope_now()
                   and (w.until is null or w.until > scope_now()) and conflicted(wanted, o.tenant_id)) $$;
"""

INSPECTIONS = """
-- An inspection by an office that no longer stands above the holder is over: its sight ended with custody. A tree plan
-- hands it on instead.
create function inspections_left() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    update inspections i set closed_at = scope_now() from tenants t
    where i.case_id = new.case_id and i.closed_at is null and t.id = new.to_tenant_id
    and i.tenant_id not in (t.province_id, coalesce(t.prefecture_id, 0), coalesce(t.county_id, 0), t.id);
    return null;
end
$$;
create trigger inspections_left after insert on custody_moves for each row
    when (new.source not like 'tree_plans:%') execute function inspections_left();
revoke all on function inspections_left from public;
"""

BULK = """
-- Cases that who ordered a batch may see no more: no worker finds them, and the report would wait for ever.
create function bulk_out_of_sight(batch uuid) returns void
language sql security definer set search_path = public, pg_temp as
$$ update bulk_items i set state = 'not_found', decided_at = scope_now()
   where i.batch_id = batch and i.state = 'waiting' and removed(i.case_id)
   and exists (select from bulk_batches b where b.id = batch and b.tenant_id = case_tenant()) $$;
revoke all on function bulk_out_of_sight from public;
grant execute on function bulk_out_of_sight to tiaojie_app;
"""
