"""The protocol of an offer: purpose, a person, who stays, the party's word on the new mediator."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import APP, lock, script

revision = "0040_protocol"
down_revision = "0039_transfer"


def upgrade() -> None:
    for column in ASKED:
        op.add_column("handover_offers", column)
    op.create_foreign_key(
        op.f("fk_handover_offers_to_person_id"), "handover_offers", "persons", ["to_person_id"], ["id"]
    )
    _contacts()
    script(QUESTIONS)


ASKED = (
    sa.Column(
        "to_person_id", sa.Uuid(), nullable=True, comment="asked for by name; the office may answer all the same"
    ),
    sa.Column("purpose", sa.String(), nullable=False, server_default="whole", comment="codes of models.Purpose"),
    sa.Column("done_by", sa.Date(), nullable=True, comment="by when the sender asks that the work be done"),
    sa.Column("funding", postgresql.JSONB(), nullable=True, comment="totals per tenant at the offer, no persons"),
)


def _contacts() -> None:
    """Read by everybody, since parties are told it (个人信息保护法 23); written by who manages the tenant."""
    op.create_table(
        "office_contacts",
        sa.Column("office_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("telephone", sa.String(), nullable=False, comment="of the desk, nobody's own"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_office_contacts_office_id")),
        sa.PrimaryKeyConstraint("office_id", name=op.f("pk_office_contacts")),
    )
    lock("office_contacts")
    somebody = "(select scope_tenant()) is not null or (select scope_person()) is not null"
    own = "(select tenant_below(o.tenant_id) from offices o where o.id = office_id)"
    op.execute(f"create policy app_read on office_contacts for select to {APP} using ({somebody})")
    op.execute(f"create policy app_insert on office_contacts for insert to {APP} with check ({own})")
    op.execute(f"create policy app_update on office_contacts for update to {APP} using ({own}) with check ({own})")


QUESTIONS = """
-- Who may answer an offer at these offices, by name, asked by who holds the case: posts elsewhere are not readable.
create function people_to_answer(wanted uuid, offices int[], roles text[])
returns table (person_id uuid, name varchar, office_id int)
language sql stable security definer set search_path = public, pg_temp as
$$ select distinct p.id, p.name, w.office_id from posts w join persons p on p.id = w.person_id
   where case_in_custody(wanted) and w.office_id = any (offices) and w.role = any (roles) and w.since <= scope_now()
   and (w.until is null or w.until > scope_now())
   and not exists (select from case_relations r where r.case_id = wanted and r.person_id = p.id
                   and r.relation = 'excluded' and r.since <= scope_now() and r.until > scope_now()) $$;

-- Who serves on the team of a case that is offered to the caller: name, profession and part, and nothing else of it.
create function team_offered(wanted uuid)
returns table (person_id uuid, name varchar, profession varchar, role varchar)
language sql stable security definer set search_path = public, pg_temp as
$$ select p.id, p.name, p.profession, m.role from teams t join team_members m on m.team_id = t.id
   join persons p on p.id = m.person_id
   where t.case_id = wanted and t.dissolved_at is null and m.until is null and m.status = 'accepted'
   and (m.ends_at is null or m.ends_at > scope_now())
   and exists (select from case_relations r where r.case_id = wanted and r.relation = 'offered'
               and r.tenant_id = case_tenant() and r.until > scope_now() and r.since <= scope_now()) $$;

-- The terms of these kinds that run in a case that the caller holds or is offered.
create function terms_offered(wanted uuid, kinds text[]) returns table (kind varchar, due_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as
$$ select t.kind, t.due_at from timers t
   where may_ask(wanted) and t.case_id = wanted and t.kind = any (kinds) and t.done_at is null $$;

drop function petitioners_accept_transfer(uuid);

-- 人民调解法 23(1): what those at the table (petitioners who go on, and of the other side who agreed to mediate) say of
-- this office as their new mediator. One no refuses; without anybody at the table nobody has to be asked.
create function parties_accept_transfer(wanted uuid, office int) returns text
language sql stable security definer set search_path = public, pg_temp as
$$ select case when not may_ask(wanted) then null when bool_or(not said.yes) then 'refused'
               when bool_or(said.yes is null) then 'open' else 'accepted' end
   from parties p left join lateral (
       select k.given and k.withdrawn_at is null as yes from consents k
       where k.party_id = p.id and k.kind = 'transfer' and k.about = office::text
       order by k.recorded_at desc, k.id desc limit 1) said on true
   where p.case_id = wanted and p.status = 'active' and (p.side = 'petitioner' or coalesce((
       select k.given and k.withdrawn_at is null from consents k where k.party_id = p.id and k.kind = 'mediation'
       order by k.recorded_at desc, k.id desc limit 1), false)) $$;

revoke all on function people_to_answer, team_offered, terms_offered, parties_accept_transfer from public;
grant execute on function people_to_answer, team_offered, terms_offered, parties_accept_transfer to tiaojie_app;
"""
