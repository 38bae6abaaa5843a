"""The gate: every verb asks it first. Default deny; an invisible case is `NotFound`, a visible one without the right `Forbidden`."""

from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession
