"""What guards ask of an agreement before it takes effect: its draft, who sits at the table, who signed, who is free."""

from cases.facts import Fact

_DRAFT = "select a.id from agreements a where a.case_id = :case and a.status = 'draft'"
_AT_TABLE = """p.case_id = :case and p.status = 'active' and (p.side = 'petitioner' or coalesce((
    select c.given and c.withdrawn_at is null from consents c
    where c.case_id = p.case_id and c.party_id = p.id and c.kind = 'mediation'
    order by c.recorded_at desc, c.id desc limit 1), false))"""

DRAFT_MANNER = Fact("select a.manner from agreements a where a.case_id = :case and a.status = 'draft'")
"""written | oral; None without a draft."""
OUTDATED = Fact(
    f"""select exists (select from agreement_terms t where t.agreement_id = ({_DRAFT}) and not (
        t.party_id in (select p.id from parties p where {_AT_TABLE})
        and t.obligor_id in (select p.id from parties p where {_AT_TABLE})))"""
)
"""The draft names somebody who has left the table."""
UNSIGNED = Fact(
    f"""select count(*) from parties p where {_AT_TABLE} and not exists (
        select from signatures s where s.agreement_id = ({_DRAFT}) and s.party_id = p.id)"""
)
"""How many at the table have not signed the draft."""
MEDIATOR_SIGNED = Fact(
    f"""select exists (select from signatures s join team_members m on m.person_id = s.person_id
        join teams t on t.id = m.team_id where s.agreement_id = ({_DRAFT}) and t.case_id = :case
        and t.dissolved_at is null and m.role = 'mediator' and m.status = 'accepted' and m.until is null)"""
)
NOT_FREE = Fact(
    f"""select count(*) from parties p where {_AT_TABLE} and not coalesce((
        select c.given and c.withdrawn_at is null from consents c
        where c.case_id = p.case_id and c.party_id = p.id and c.kind = 'free_will' and c.about = ({_DRAFT})::text
        order by c.recorded_at desc, c.id desc limit 1), false)"""
)
"""How many at the table have not said alone that this very text is of their free will."""
