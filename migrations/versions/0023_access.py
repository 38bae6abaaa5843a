"""Requests for access, grants, and who looked."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, lock, open_to_party, script

revision = "0023_access"
down_revision = "0022_recusals"

LINE = """
exists (select from cases c where c.id = {table}.case_id
        and (select case_tenant()) in (c.province_id, c.prefecture_id, c.county_id, c.township_id))
"""
"""The holder's tenant and those above it; a case from which a negative relation removes the reader does not show."""
OWN = "person_id = (select case_person())"


def upgrade() -> None:
    make_requests()
    make_matters()
    make_looks()
    op.create_index("ix_reveals_month", "reveals", ["recorded_at"])
    protect_requests()
    protect_looks()
    script(FUNCTIONS)


def make_requests() -> None:
    op.create_table(
        "access_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("groups", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("wanted_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "decide_by", sa.DateTime(timezone=True), nullable=False, comment="after this nobody grants it any more"
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_access_requests_office_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_access_requests_person_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_access_requests_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_requests")),
    )
    op.create_index("ix_access_requests_month", "access_requests", ["recorded_at"])
    op.create_index("ix_access_requests_person", "access_requests", ["person_id", sa.text("recorded_at desc")])


def make_matters() -> None:
    op.create_table(
        "access_matters",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("ground", sa.LargeBinary(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("groups", sa.ARRAY(sa.String()), nullable=True),
        sa.Column(
            "ends_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="of the grant; a revocation sets it to its own instant",
        ),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("review_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finding", sa.String(), nullable=True),
        sa.Column("finding_ground", sa.LargeBinary(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_access_matters_case_id")),
        sa.ForeignKeyConstraint(["request_id"], ["access_requests.id"], name=op.f("fk_access_matters_request_id")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_access_matters")),
    )
    op.create_index("ix_access_matters_case", "access_matters", ["case_id", "recorded_at"])
    waiting = sa.text("reviewed_at is null and (verdict is null or verdict = 'granted')")
    granted = sa.text("verdict = 'granted'")
    op.create_index("ix_access_matters_open", "access_matters", ["recorded_at"], postgresql_where=waiting)
    op.create_index("ix_access_matters_decided", "access_matters", ["decided_at"], postgresql_where=granted)
    unjustified = sa.text("finding = 'unjustified'")
    op.create_index("ix_access_matters_unjustified", "access_matters", ["reviewed_at"], postgresql_where=unjustified)


def make_looks() -> None:
    op.create_table(
        "looks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "case_id",
            sa.Uuid(),
            nullable=False,
            comment="no foreign key: its lock would make a reader wait for who writes",
        ),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("tenant_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False, comment="row of the rules that opened the case"),
        sa.Column("source", sa.String(), nullable=True, comment="of a relation by record: the row that made it"),
        sa.Column("token_id", sa.Uuid(), nullable=True, comment="the program that read for the person"),
        sa.Column("exits", sa.SmallInteger(), nullable=False, comment="bits of access.looks_models.Exit"),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "last_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="the last one written: a new exit, not every repetition",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looks")),
        sa.UniqueConstraint("case_id", "hour", "post_id", "rule", name=op.f("uq_looks_case_id_hour_post_id_rule")),
    )
    op.create_index("ix_looks_case", "looks", ["case_id", sa.text("first_at desc"), sa.text("id desc")])


def protect_requests() -> None:
    """The asker's side shows to the asker and to the line above the case; the other side to that line alone, and what
    was granted to the asker and to the petitioners."""
    lock("access_requests", "select, insert")
    lock("access_matters", "select, update")
    line = LINE.format(table="m")
    judged = f"exists (select from access_matters m where m.request_id = access_requests.id and {line})"
    op.execute(f"create policy app_read on access_requests for select to {APP} using ({OWN} or {judged})")
    own = f"{OWN} and tenant_id = (select scope_tenant())"
    op.execute(f"create policy app_insert on access_requests for insert to {APP} with check ({own})")
    line = LINE.format(table="access_matters")
    mine = f"verdict = 'granted' and {OWN}"
    op.execute(f"create policy app_read on access_matters for select to {APP} using (({line}) or ({mine}))")
    op.execute(f"create policy app_update on access_matters for update to {APP} using ({line}) with check ({line})")
    open_to_party("access_matters", "access_matters.verdict = 'granted'")


def protect_looks() -> None:
    """A look is written by who looks and read by the line of the case and the petitioners; nobody takes one away."""
    lock("looks", "select, insert, update")
    line = LINE.format(table="looks")
    own = f"looks.{OWN}"
    op.execute(f"create policy app_read on looks for select to {APP} using ({own} or {line})")
    shows = "(select case_shows(case_id))"
    op.execute(f"create policy app_insert on looks for insert to {APP} with check ({own} and {shows})")
    op.execute(f"create policy app_update on looks for update to {APP} using ({own}) with check ({own})")
    open_to_party("looks", "true")


# Definer: the asker may not learn whether the number is a case, so the application neither asks nor is told.
# The counts are numbers by tenant and kind; which person or case stands behind one can't be asked.
FUNCTIONS = """
create function file_access_request(p_request uuid) returns void
language sql security definer set search_path = public, pg_temp as
$$ insert into access_matters (request_id, case_id, person_id, office_id, purpose, decide_by, recorded_at)
   select q.id, c.id, q.person_id, q.office_id, q.purpose, q.decide_by, q.recorded_at
   from access_requests q join cases c on c.registration_no = q.number or c.case_no = q.number
   where q.id = p_request and q.person_id = case_person()
   order by (c.registration_no = q.number) desc limit 1
   on conflict (request_id) do nothing $$;

create function access_counts(p_from timestamptz, p_to timestamptz)
returns table (tenant_id int, kind text, number int)
language sql stable security definer set search_path = public, pg_temp as
$$ with counted as materialized (
     select o.tenant_id, 'reveals' as kind, count(*) as number
       from reveals v join offices o on o.id = v.office_id
       where v.recorded_at >= p_from and v.recorded_at < p_to group by o.tenant_id
     union all
     select q.tenant_id, 'requests', count(*) from access_requests q
       where q.recorded_at >= p_from and q.recorded_at < p_to group by q.tenant_id
     union all
     select q.tenant_id, said.kind, count(*)
       from access_matters m join access_requests q on q.id = m.request_id
       cross join lateral (values ('grants'), (case when m.purpose = 'emergency' then 'emergencies' end),
                                  (case when m.finding = 'unjustified' then 'unjustified' end)) said (kind)
       where m.verdict = 'granted' and m.decided_at >= p_from and m.decided_at < p_to and said.kind is not null
       group by q.tenant_id, said.kind
     union all
     select e.tenant_id, 'lookups', count(distinct c.id)
       from cases c join identity_index i on i.case_id = c.id join events e on e.case_id = c.id and e.act = 'register'
       where c.filed_at >= p_from and c.filed_at < p_to
         and c.province_id = (select t.province_id from tenants t where t.id = case_tenant()) group by e.tenant_id)
   select counted.tenant_id, counted.kind, sum(counted.number)::int from counted
   where case_tenant() is not null and tenant_below(counted.tenant_id) group by 1, 2 $$;

revoke all on function file_access_request, access_counts from public;
grant execute on function file_access_request, access_counts to tiaojie_app;
"""
