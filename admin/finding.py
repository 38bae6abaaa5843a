"""What an administrator means by a name, a number or a login, within the own subtree: the rest does not exist."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import invalid
from foundation.language import N_, in_a_row, translate

NOTHING_FOUND = N_("本级及以下没有找到")
SEVERAL_FOUND = N_("有几个同名，请改填编号：%(found)s")
NOT_A_CHOICE = N_("请填其中之一：%(choices)s")

TODAY = "(scope_now() at time zone 'Asia/Shanghai')::date"
TENANT = text(f"""
select t.id, concat_ws('，', t.name, above.name)
from subtree_tenants t left join tenants above on above.id = t.parent_id
where (t.id::text = :words or t.name = :words) and (t.valid_to is null or t.valid_to > {TODAY})
order by t.id limit 10
""")
OFFICE = text(f"""
select o.id, concat_ws('，', o.name, t.name, above.name) from subtree_offices o
join tenants t on t.id = o.tenant_id left join tenants above on above.id = t.parent_id
where (o.id::text = :words or o.name = :words) and (o.valid_to is null or o.valid_to > {TODAY})
order by o.id limit 10
""")
PERSON = text("""
select p.id, p.name from subtree_persons p
where p.id::text = lower(:words) or p.name = :words
    or exists (select from subtree_accounts a where a.person_id = p.id and a.login = lower(:words))
order by p.id limit 10
""")
POSTS = text("""
select w.id from subtree_posts w
where w.person_id = :person and w.office_id = :office and w.role = :role
    and (w.until is null or w.until > timezone('Asia/Shanghai', scope_now()))
order by w.id
""")


async def tenant(session: AsyncSession, field: str, words: str) -> int:
    """By number or full name, in force."""
    found: int = await _the_one(session, TENANT, field, words)
    return found


async def office(session: AsyncSession, field: str, words: str) -> int:
    """By number or full name, in force."""
    found: int = await _the_one(session, OFFICE, field, words)
    return found


async def person(session: AsyncSession, field: str, words: str) -> UUID:
    """By login, name or number; the person has had a post in the subtree."""
    found: UUID = await _the_one(session, PERSON, field, words)
    return found


async def posts(session: AsyncSession, person_id: UUID, office_id: int, role: str) -> list[UUID]:
    """The person's posts of that role in force there."""
    asked = {"person": person_id, "office": office_id, "role": role}
    return list(await session.scalars(POSTS, asked))


def chosen(field: str, words: str, labels: Mapping[Any, str]) -> str:
    """The code that is meant by a code or by its label in either language."""
    for code, label in labels.items():
        if words in (str(code), label, translate(label, "en")):
            return str(code)
    raise invalid(field, "not_a_choice", NOT_A_CHOICE, choices=listed(labels))


def listed(labels: Mapping[Any, str]) -> str:
    """The labels in the reader's language."""
    return in_a_row(translate(label) for label in labels.values())


async def _the_one(session: AsyncSession, query: TextClause, field: str, words: str) -> Any:
    found = (await session.execute(query, {"words": words})).all()
    if not found:
        raise invalid(field, "not_found", NOTHING_FOUND)
    if len(found) > 1:
        raise invalid(field, "ambiguous", SEVERAL_FOUND, found=in_a_row(f"{key}（{name}）" for key, name in found))
    return found[0][0]
