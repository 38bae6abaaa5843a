"""Lists to choose from that belong to no case: dispute types, roles of posts."""

from typing import Any

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.language import current_language
from organisation.dispute_types import dispute_types
from tenants.roles import ROLE_NAMES
from tenants.subject import Subject


class Choosable(Struct, frozen=True):
    """Read as `cases.catalogue.Option`, which lies above this room."""

    value: str
    label: str


async def types(session: AsyncSession, subject: Subject, case: Any) -> list[Choosable]:
    """The dispute types in force, named in the reader's language: they are data, not words of the catalogue."""
    english = current_language.get() == "en"
    rows = await dispute_types(session)
    return [Choosable(str(row.code), row.name_en if english else row.name_zh) for row in rows]


async def roles(session: AsyncSession, subject: Subject, case: Any) -> list[Choosable]:
    """Every role a post can carry."""
    return [Choosable(role, label) for role, label in ROLE_NAMES.items()]


OPTIONS = {"dispute_types": types, "roles": roles}
