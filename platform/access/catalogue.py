"""All that this room offers to the catalogue of acts."""

from cases.catalogue import Act, Guard, Options
from cases.papers import PaperKind

ACTS: tuple[Act, ...] = ()
GUARDS: dict[str, Guard] = {}
OPTIONS: dict[str, Options] = {}
PAPERS: tuple[PaperKind, ...] = ()
