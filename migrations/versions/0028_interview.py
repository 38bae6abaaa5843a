"""接谈: what the interview records beside the parties; campaigns; the hint of a pending matter, of all offices."""

from datetime import date

import sqlalchemy as sa
from alembic import op

from migrations.protection import open_to_all, protect_child, script

revision = "0028_interview"
down_revision = "0027_explain"


def upgrade() -> None:
    campaigns = op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False, comment="the paper that orders it"),
        sa.Column(
            "tasks", sa.String(), nullable=False, comment="what is to be done, in words: no figure is reckoned from it"
        ),
        sa.Column(
            "tenant_id",
            sa.Integer(),
            nullable=True,
            comment="for this tenant and those below it; null = whole province",
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    op.bulk_insert(campaigns, [FIRST])
    open_to_all("campaigns", "select, insert, update, delete")
    _create_interviews()
    script(CAMPAIGNS + PENDING)


def _create_interviews() -> None:
    op.create_table(
        "interviews",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False, comment="desk | outreach"),
        sa.Column("visit", sa.String(), nullable=False, comment="individual | joint | letter | phone | online"),
        sa.Column(
            "held_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the person was heard or the letter came",
        ),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=True, comment="第一时间发现 (obligation 14)"),
        sa.Column("interpreting", sa.String(), nullable=True, comment="not_needed | provided | declined | to_come"),
        sa.Column("campaign_id", sa.Integer(), nullable=True, comment="专项行动 (obligation 12a)"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_interviews_campaign_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_interviews_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_interviews")),
    )
    protect_child("interviews")


FIRST = {
    "name": "“万人进千村帮万户”法律服务助推脱贫攻坚专项行动",
    "source": "2018年省级方案 三、八(三)",
    "tasks": "法律服务进村入户，就地化解矛盾纠纷",
    "tenant_id": None,
    "valid_from": date(2018, 6, 7),
    "valid_to": date(2020, 12, 31),
}
"""The one that the plan names: as data, with its end, not as a constant."""

CAMPAIGNS = """
create policy app_write on campaigns to tiaojie_app
    using (case when tenant_id is null then (select scope_is_province()) else tenant_below(tenant_id) end)
    with check (case when tenant_id is null then (select scope_is_province()) else tenant_below(tenant_id) end);
create trigger audit_change after insert or update or delete on campaigns
    for each row execute function audit_dictionary('id');
"""

PENDING = """
drop function pending_same_matter(uuid, bytea[]);

-- 条例19(3), N10: which offices have the same matter of the same person pending. It answers for a case that is being
-- registered at this very instant, by its own office, and for nothing else; and it gives nothing but offices.
-- The same matter: the same type, the same place or one inside the other, and not two different units visited.
-- Materialized: the few entries by the index first, whatever the planner thinks of the tables of cases.
create function pending_same_matter(p_case uuid, p_blinds bytea[]) returns setof int
language sql stable security definer set search_path = public, pg_temp as
$$ with found as materialized (
       select i.case_id, i.party_id from identity_index i where i.blind = any(p_blinds))
   select distinct c.holder_office_id from found
   join parties p on p.id = found.party_id and p.status = 'active'
   join cases c on c.id = found.case_id join places there on there.id = c.place_id
   join cases n on n.id = p_case join places here on here.id = n.place_id
   where n.filed_at = scope_now() and case_in_custody(n.id) and c.id <> n.id
   and c.dispute_type = n.dispute_type
   and (c.place_id in (here.id, here.township_id, here.county_id)
        or n.place_id in (there.id, there.township_id, there.county_id))
   and (c.visited_unit is null or n.visited_unit is null or c.visited_unit = n.visited_unit)
   and c.closed_at is null and c.outcome is null and c.state not in ('refused', 'closed', 'archived')
   and not removed(c.id)
   order by 1 limit 5 $$;

revoke all on function pending_same_matter from public;
grant execute on function pending_same_matter to tiaojie_app;
"""
