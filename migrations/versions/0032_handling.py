"""Teams and 办理: terms of members, what is known of those who may sit, statutes, panels, objects, witnesses."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

import cases
from migrations.protection import APP, lock, open_to_all, protect_child, script

revision = "0032_handling"
down_revision = "0031_terms"

STATUTES = Path(cases.__path__[0]) / "data" / "statutes.csv"
ADDED_ONLY = ("panels", "panel_experts", "panel_papers", "exhibits", "custody_links", "witnesses")
"""What happened, as it happened: nobody alters or removes a row."""


def upgrade() -> None:
    _terms()
    _committees()
    _background()
    _statutes()
    _panels()
    _objects()
    for table in ADDED_ONLY:
        protect_child(table, "select, insert")
    script(FACTS)
    script(CHAIN)


def _terms() -> None:
    added = "the term ends, and sight by itself; null = with the case"
    op.add_column("team_members", sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True, comment=added))
    op.execute("comment on column team_members.since is 'the term begins; sight not before'")
    op.execute("comment on column team_members.until is 'the seat was given up'")
    told = "codes of teams.replacement.Reason, dissolved, term"
    op.execute(f"comment on column team_members.replaced_for is '{told}'")


def _committees() -> None:
    """Those that the tree brought: a township's own, elsewhere the one stationed at the petition office."""
    codes = "codes of tenants.committees.CommitteeKind"
    op.add_column("offices", sa.Column("committee_kind", sa.String(), nullable=True, comment=codes))
    op.execute(
        "update offices o set committee_kind = case when t.tier = 'T' then 'township' else 'stationed' end"
        " from tenants t where t.id = o.tenant_id and o.kind = 'committee'"
        " and exists (select from offices s where s.committee_id = o.id)"
    )


def _background() -> None:
    op.create_table(
        "person_skills",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("skills", sa.ARRAY(sa.String()), nullable=False, comment="kinds of dispute, trades"),
        sa.Column("languages", sa.ARRAY(sa.String()), nullable=False, comment="beside Putonghua"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_person_skills_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_skills")),
    )
    op.create_table(
        "employments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_employments_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employments")),
    )
    op.create_index(op.f("ix_employments_person_id"), "employments", ["person_id"], unique=False)
    op.create_table(
        "declared_kin",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kin", sa.String(), nullable=False, comment="codes of tenants.background.Kin"),
        sa.Column("number", sa.LargeBinary(), nullable=False, comment="for making the index anew only"),
        sa.Column("blind", sa.LargeBinary(), nullable=False, comment="HMAC, as identity_index has it"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_declared_kin_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declared_kin")),
        sa.UniqueConstraint("person_id", "blind", name=op.f("uq_declared_kin_person_id_blind")),
    )
    open_to_all("person_skills", "select, insert, update")
    lock("employments", "select, insert, update")
    lock("declared_kin", "insert")
    below = "person_below(person_id)"
    op.execute(f"create policy app_insert on person_skills for insert to {APP} with check ({below})")
    op.execute(f"create policy app_update on person_skills for update to {APP} using ({below}) with check ({below})")
    op.execute(f"create policy app_all on employments to {APP} using ({below}) with check ({below})")
    op.execute(f"create policy app_insert on declared_kin for insert to {APP} with check ({below})")


def _statutes() -> None:
    table = op.create_table(
        "statutes",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("code", sa.String(), nullable=False, comment="the same for all versions of one statute"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("aliases", sa.String(), nullable=False, comment="other names, parted by spaces"),
        sa.Column(
            "procedural", sa.Boolean(), nullable=False, comment="binds the procedure: the version of today counts"
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True, comment="the first day on which it is no longer in force"),
        sa.Column(
            "successor", sa.String(), nullable=True, comment="what took its place, when that bears another title"
        ),
        sa.Column("last_article", sa.Integer(), nullable=True, comment="null = not known"),
        sa.Column("checked", sa.Boolean(), nullable=False, comment="dates and articles were read in the text itself"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statutes")),
    )
    op.bulk_insert(table, _rows())
    open_to_all("statutes", "select, insert, update, delete")
    province = "(select scope_is_province())"
    op.execute(f"create policy app_write on statutes to {APP} using ({province}) with check ({province})")
    op.execute(
        "create trigger audit_change after insert or update or delete on statutes"
        " for each row execute function audit_dictionary('id')"
    )


def _rows() -> list[dict[str, Any]]:
    with STATUTES.open(encoding="utf-8", newline="") as file:
        return [_row(row) for row in csv.DictReader(file)]


def _row(row: dict[str, str]) -> dict[str, Any]:
    return {
        **row,
        "procedural": row["procedural"] == "1",
        "checked": row["checked"] == "1",
        "valid_from": date.fromisoformat(row["valid_from"]),
        "valid_to": date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        "successor": row["successor"] or None,
        "last_article": int(row["last_article"]) if row["last_article"] else None,
    }


def _panels() -> None:
    op.create_table(
        "panels",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("paper_id", sa.Uuid(), nullable=False, comment="the call, with the question"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_panels_case_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_panels_paper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panels")),
    )
    op.create_index("ix_panels_case", "panels", ["case_id", "recorded_at"], unique=False)
    op.create_table(
        "panel_experts",
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_panel_experts_case_id")),
        sa.ForeignKeyConstraint(["panel_id"], ["panels.id"], name=op.f("fk_panel_experts_panel_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_panel_experts_person_id")),
        sa.PrimaryKeyConstraint("panel_id", "person_id", name=op.f("pk_panel_experts")),
    )
    op.create_index("ix_panel_experts_case", "panel_experts", ["case_id"], unique=False)
    op.create_table(
        "panel_papers",
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_panel_papers_case_id")),
        sa.ForeignKeyConstraint(["panel_id"], ["panels.id"], name=op.f("fk_panel_papers_panel_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_panel_papers_paper_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_panel_papers_person_id")),
        sa.PrimaryKeyConstraint("paper_id", name=op.f("pk_panel_papers")),
    )
    op.create_index("ix_panel_papers_case", "panel_papers", ["case_id"], unique=False)
    op.create_index(
        "uq_panel_papers_minutes",
        "panel_papers",
        ["panel_id"],
        unique=True,
        postgresql_where=sa.text("person_id is null"),
    )


def _objects() -> None:
    op.create_table(
        "exhibits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("marks", sa.LargeBinary(), nullable=True, comment="how it is told from others; damage"),
        sa.Column("from_party_id", sa.Uuid(), nullable=True),
        sa.Column("from_name", sa.LargeBinary(), nullable=True, comment="when it came from no party"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_exhibits_case_id")),
        sa.ForeignKeyConstraint(["from_party_id"], ["parties.id"], name=op.f("fk_exhibits_from_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exhibits")),
        sa.UniqueConstraint("case_id", "ordinal", name=op.f("uq_exhibits_case_id_ordinal")),
    )
    op.create_table(
        "custody_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("exhibit_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("change", sa.String(), nullable=False, comment="codes of dossiers.objects.Change"),
        sa.Column("to_person_id", sa.Uuid(), nullable=True),
        sa.Column("to_party_id", sa.Uuid(), nullable=True),
        sa.Column("to_name", sa.LargeBinary(), nullable=True),
        sa.Column("kept_at", sa.LargeBinary(), nullable=True, comment="where it lies from now on"),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_custody_links_case_id")),
        sa.ForeignKeyConstraint(["exhibit_id"], ["exhibits.id"], name=op.f("fk_custody_links_exhibit_id")),
        sa.ForeignKeyConstraint(["to_party_id"], ["parties.id"], name=op.f("fk_custody_links_to_party_id")),
        sa.ForeignKeyConstraint(["to_person_id"], ["persons.id"], name=op.f("fk_custody_links_to_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_links")),
        sa.UniqueConstraint("exhibit_id", "ordinal", name=op.f("uq_custody_links_exhibit_id_ordinal")),
    )
    op.create_index("ix_custody_links_case", "custody_links", ["case_id"], unique=False)
    op.create_table(
        "witnesses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=False, comment="id_number"),
        sa.Column("contact", sa.LargeBinary(), nullable=False, comment="telephone, address"),
        sa.Column("checked_by", sa.String(), nullable=False, comment="codes of dossiers.testimony.Checked"),
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_witnesses_case_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_witnesses_paper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_witnesses")),
        sa.UniqueConstraint("case_id", "ordinal", name=op.f("uq_witnesses_case_id_ordinal")),
    )


FACTS = f"""
-- What the choosing of a team looks at, for who holds the case: how much each has in hand, what they can, where they
-- serve or served, and whether a party's number is theirs or a near relative's. No number comes out.
create function seating_facts(wanted uuid, people uuid[], blinds bytea[])
returns table (person_id uuid, open_cases int, skills varchar[], languages varchar[], served varchar[], kin varchar[])
language sql stable security definer set search_path = public, pg_temp as
$$ select p.id,
       (select count(distinct r.case_id)::int from case_relations r join cases c on c.id = r.case_id
        where r.person_id = p.id and r.relation in ('handler', 'team') and r.since <= scope_now()
        and r.until > scope_now() and c.closed_at is null),
       coalesce(s.skills, '{{}}'), coalesce(s.languages, '{{}}'),
       array(select e.unit from employments e where e.person_id = p.id
             union select o.name from posts w join offices o on o.id = w.office_id
             where w.person_id = p.id and w.since is not null),
       array(select k.kin from declared_kin k where k.person_id = p.id and k.blind = any (blinds))
   from persons p left join person_skills s on s.person_id = p.id
   where p.id = any (people) and case_in_custody(wanted) $$;
revoke all on function seating_facts from public;
grant execute on function seating_facts to {APP};
"""

CHAIN = """
-- A chain has no gap: each link follows the one before in number and time, and nothing follows the last.
create function custody_link_follows() returns trigger language plpgsql as
$$
declare
    before custody_links;
begin
    select * into before from custody_links l where l.exhibit_id = new.exhibit_id order by l.ordinal desc limit 1;
    if new.case_id <> (select e.case_id from exhibits e where e.id = new.exhibit_id)
       or new.ordinal <> coalesce(before.ordinal, 0) + 1
       or (new.ordinal = 1) <> (new.change = 'received')
       or before.change in ('returned', 'disposed')
       or new.moved_at < before.moved_at
       or num_nonnulls(new.to_person_id, new.to_party_id, new.to_name) <> 1 then
        raise exception 'a link of custody that does not follow' using errcode = '23514';
    end if;
    return new;
end
$$;
create trigger follows before insert on custody_links for each row execute function custody_link_follows();
"""
