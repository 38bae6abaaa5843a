"""What an operation may take by name; `server/edge.py` provides it."""

from typing import TypeAlias
from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Catalogue
from foundation.reading import Reading
from foundation.store import Store
from tenants.subject import Subject

TheStore: TypeAlias = NamedDependency[Store]
TheCatalogue: TypeAlias = NamedDependency[Catalogue]
TheSubject: TypeAlias = NamedDependency[Subject]
TheSession: TypeAlias = NamedDependency[AsyncSession]
TheReading: TypeAlias = NamedDependency[Reading]
PathId: TypeAlias = FromPath[UUID]
PathText: TypeAlias = FromPath[str]
PathNumber: TypeAlias = FromPath[int]
