"""Supervision orders on matters of many cases, their replies and escalation; terms warned of ahead."""

import sqlalchemy as sa
from alembic import op

from migrations.deadlines import watch
from migrations.protection import APP, lock, protect_child, script

revision = "0059_orders"
down_revision = "0058_channels"

TIERS = ("province", "prefecture", "county", "township")


def upgrade() -> None:
    _matters()
    _orders()
    _entries()
    _counts()
    _deadlines()


def _matters() -> None:
    op.create_table(
        "supervision_matters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False, comment="code of models.OrderKind"),
        sa.Column("ground", sa.String(), nullable=False, comment="code of models.OrderGround"),
        sa.Column("requirements", sa.LargeBinary(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "addressee_tenant_id",
            sa.Integer(),
            nullable=True,
            comment="whose leadership is supervised; only of a joint conference's",
        ),
        sa.Column("issuer_office_id", sa.Integer(), nullable=False),
        sa.Column("issuer_tenant_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("struck_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "overdue_at", sa.DateTime(timezone=True), nullable=True, comment="when the deadlines job found it overdue"
        ),
        sa.ForeignKeyConstraint(
            ["addressee_tenant_id"], ["tenants.id"], name=op.f("fk_supervision_matters_addressee_tenant_id")
        ),
        sa.ForeignKeyConstraint(
            ["issuer_office_id"], ["offices.id"], name=op.f("fk_supervision_matters_issuer_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["issuer_tenant_id"], ["tenants.id"], name=op.f("fk_supervision_matters_issuer_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_matters")),
    )
    op.create_index("ix_supervision_matters_issuer", "supervision_matters", ["issuer_office_id", "deadline"])
    op.create_index(
        "ix_supervision_matters_addressee",
        "supervision_matters",
        ["addressee_tenant_id"],
        postgresql_where=sa.text("struck_off_at is null"),
    )
    op.create_table(
        "matter_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False, comment="code of matter_models.MatterDeed"),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["matter_id"], ["supervision_matters.id"], name=op.f("fk_matter_entries_matter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_entries")),
    )
    op.create_index(op.f("ix_matter_entries_matter_id"), "matter_entries", ["matter_id"])


def _orders() -> None:
    added = (
        sa.Column("unit", sa.String(), comment="the unit that is urged, never a person; only of kind unit"),
        sa.Column("matter_id", sa.Uuid(), comment="of many cases"),
        sa.Column(
            "asked_deadline", sa.DateTime(timezone=True), comment="the holder asks for it; null = nothing is asked"
        ),
        sa.Column("overdue_at", sa.DateTime(timezone=True), comment="when the deadlines job found it overdue"),
    )
    for column in added:
        op.add_column("supervision_orders", column)
    op.create_foreign_key(
        op.f("fk_supervision_orders_matter_id"), "supervision_orders", "supervision_matters", ["matter_id"], ["id"]
    )
    op.drop_index("ix_supervision_orders_county", "supervision_orders")
    for tier in TIERS:
        op.create_index(
            f"ix_supervision_orders_{tier}",
            "supervision_orders",
            [f"{tier}_id", "deadline", "id"],
            postgresql_where=sa.text("struck_off_at is null"),
        )
        op.create_index(
            f"ix_supervision_orders_{tier}_over",
            "supervision_orders",
            [f"{tier}_id", "struck_off_at", "id"],
            postgresql_where=sa.text("struck_off_at is not null"),
        )
    op.create_index(
        "ix_supervision_orders_matter",
        "supervision_orders",
        ["matter_id"],
        postgresql_where=sa.text("matter_id is not null"),
    )
    # Its issuer; whose leadership it is about; and whoever sees an order of it.
    lock("supervision_matters")
    mine = "(select tenant_below(issuer_tenant_id))"
    addressed = "addressee_tenant_id = (select case_tenant())"
    member = "exists (select from supervision_orders o where o.matter_id = supervision_matters.id)"
    own = "issuer_tenant_id = (select case_tenant())"
    system = "(select scope_is_province())"
    op.execute(
        f"create policy app_read on supervision_matters for select to {APP}"
        f" using ((select case_tenant()) is not null and ({mine} or {addressed} or {member}))"
    )
    op.execute(f"create policy app_insert on supervision_matters for insert to {APP} with check ({own})")
    op.execute(
        f"create policy app_update on supervision_matters for update to {APP}"
        f" using ({own} or {system}) with check ({own} or {system})"
    )
    lock("matter_entries", "select, insert")
    seen = "exists (select from supervision_matters m where m.id = matter_entries.matter_id"
    op.execute(f"create policy app_read on matter_entries for select to {APP} using ({seen}))")
    op.execute(
        f"create policy app_insert on matter_entries for insert to {APP}"
        f" with check ({seen} and m.issuer_tenant_id = (select case_tenant())))"
    )


def _entries() -> None:
    op.create_table(
        "order_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False, comment="code of order_entries.OrderDeed"),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("proof", sa.String(), nullable=True, comment="the paper that proves it, by name and number"),
        sa.Column("evidence_ids", sa.ARRAY(sa.Uuid()), nullable=False, comment="pieces of the case's evidence"),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=True, comment="who did it, or was told"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_order_entries_case_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_order_entries_office_id")),
        sa.ForeignKeyConstraint(["order_id"], ["supervision_orders.id"], name=op.f("fk_order_entries_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_entries")),
    )
    op.create_index(op.f("ix_order_entries_case_id"), "order_entries", ["case_id"])
    protect_child("order_entries", "select, insert")


def _counts() -> None:
    op.create_table(
        "order_counts",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False, comment="code of models.OrderKind"),
        *(
            sa.Column(name, sa.Integer(), nullable=False, server_default="0")
            for name in ("open", "replied", "overdue", "struck_off", "left")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_order_counts_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "kind", name=op.f("pk_order_counts")),
    )
    lock("order_counts", "select")
    below = "(select case_tenant()) is not null and (select tenant_below(order_counts.tenant_id))"
    op.execute(f"create policy app_read on order_counts for select to {APP} using ({below})")
    script(COUNTING)
    op.execute("select count_orders(s, 1) from supervision_orders s")


def _deadlines() -> None:
    op.create_table(
        "deadlines",
        sa.Column("source", sa.String(), nullable=False, comment="the table"),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True, comment="null = of no one case"),
        sa.Column(
            "office_id", sa.Integer(), nullable=True, comment="who has to do it, where nothing more need be known"
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken", sa.SmallInteger(), nullable=False, comment="how many of its steps have been taken"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_deadlines_case_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_deadlines_office_id")),
        sa.PrimaryKeyConstraint("source", "row_id", name=op.f("pk_deadlines")),
    )
    op.create_index("ix_deadlines_look", "deadlines", ["look_at"])
    lock("deadlines", "select, update, delete")
    job = "(select scope_is_province() and scope_person() = '00000000-0000-0000-0000-000000000000')"
    op.execute(f"create policy app_job on deadlines to {APP} using ({job}) with check ({job})")
    watch("timers", "due_at", "done_at is null and paused_at is null", new="overdue_at is null")
    watch("supervision_orders", "deadline", "struck_off_at is null and state = 'open'")
    watch(
        "supervision_matters",
        "deadline",
        "struck_off_at is null and replied_at is null",
        "issuer_office_id",
        case="null::uuid",
    )
    watch("handover_offers", "answer_by", "state = 'open'", "to_office_id")
    watch("complaints", "answer_by", "decided_at is null", "office_id")
    script(RUNS_AGAIN)
    script(FOLLOWS)


COUNTING = """
-- Of one order, for each tenant that has its case in custody; the province's row comes first, so that two
-- transactions wait for each other in one order.
create function count_orders(o supervision_orders, n int) returns void
language sql security definer set search_path = public, pg_temp as
$$ insert into order_counts as c (tenant_id, kind, open, replied, overdue, struck_off, "left")
   select t.id, o.kind, n * (o.state = 'open')::int, n * (o.state = 'replied')::int,
          n * (o.state = 'open' and o.overdue_at is not null)::int, n * (o.state = 'struck_off')::int,
          n * (o.state = 'left')::int
   from unnest(array[o.province_id, o.prefecture_id, o.county_id, o.township_id]) with ordinality t (id, tier)
   where t.id is not null order by t.tier
   on conflict (tenant_id, kind) do update set open = c.open + excluded.open, replied = c.replied + excluded.replied,
       overdue = c.overdue + excluded.overdue, struck_off = c.struck_off + excluded.struck_off,
       "left" = c."left" + excluded."left" $$;
revoke all on function count_orders from public;

create function orders_counted() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if tg_op <> 'INSERT' then perform count_orders(old, -1); end if;
    if tg_op <> 'DELETE' then perform count_orders(new, 1); end if;
    return null;
end
$$;
create trigger counted after insert or delete on supervision_orders for each row execute function orders_counted();
create trigger counted_again after update on supervision_orders for each row
    when ((old.kind, old.state, old.overdue_at is null, old.province_id, old.prefecture_id, old.county_id,
           old.township_id) is distinct from (new.kind, new.state, new.overdue_at is null, new.province_id,
           new.prefecture_id, new.county_id, new.township_id))
    execute function orders_counted();
"""

FOLLOWS = """
-- Where a plan of the tree gives an order to the office that does now what its issuer did, the matter goes along.
create function matter_follows() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    update supervision_matters m set issuer_office_id = new.issuer_office_id, issuer_tenant_id = new.issuer_tenant_id
    from offices o where m.id = new.matter_id and o.id = m.issuer_office_id and o.valid_to is not null;
    return null;
end
$$;
create trigger matter_follows after update of issuer_office_id on supervision_orders for each row
    when (new.matter_id is not null and new.issuer_office_id <> old.issuer_office_id) execute function matter_follows();
"""

RUNS_AGAIN = """
-- Of the deadlines job alone, on what it was let see: row by row its rights would be asked for three times more.
create function mark_overdue(p_table text, p_ids uuid[]) returns setof uuid
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if not scope_is_province() or scope_person() is distinct from '00000000-0000-0000-0000-000000000000'::uuid
       or p_table not in ('timers', 'supervision_orders', 'supervision_matters') then
        raise exception 'not for this job' using errcode = 'TJ403';
    end if;
    return query execute format(
        'update %I set overdue_at = scope_now() where id = any ($1) and overdue_at is null returning id', p_table)
        using p_ids;
end
$$;
revoke all on function mark_overdue from public;
grant execute on function mark_overdue to tiaojie_app;

-- A day that moves on past the mark is not overdue any more; it may be once more.
create function overdue_no_more() returns trigger language plpgsql as
$$ begin new.overdue_at := null; return new; end $$;
create trigger runs_again before update of due_at on timers for each row
    when (new.due_at > old.due_at and new.due_at > old.overdue_at) execute function overdue_no_more();
create trigger runs_again before update of deadline on supervision_orders for each row
    when (new.deadline > old.deadline and new.deadline > old.overdue_at) execute function overdue_no_more();
create trigger runs_again before update of deadline on supervision_matters for each row
    when (new.deadline > old.deadline and new.deadline > old.overdue_at) execute function overdue_no_more();
"""
