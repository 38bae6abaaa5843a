"""What an import would change in the tree: the file compared with what is in force, before anything is written."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from foundation.choice import Choice
from foundation.language import N_
from organisation.divisions import Division


class What(Choice):
    NEW = "new", N_("新增")
    RENAMED = "renamed", N_("更名")
    MOVED = "moved", N_("改隶")
    RECODED = "recoded", N_("换码")
    ENDED = "ended", N_("撤销")


class Present(Struct, frozen=True):
    """A tenant in force, with its place. `key` and `parent` are codes, as in the file."""

    id: int
    place_id: int
    key: str
    parent: str | None
    tier: str
    name: str
    kind: str
    code_nbs: str | None


class Change(Struct, frozen=True):
    """One line of the report; `line` is the file's, None for what the file no longer has."""

    what: What
    line: int | None
    key: str
    name: str
    before: str = ""
    after: str = ""


def plan(present: Sequence[Present], wanted: Sequence[Division]) -> list[Change]:
    """In the order of the file, then what ends. Nothing changes: an empty list."""
    by_key = {row.key: row for row in present}
    parents = {row.key: row.name for row in present} | {row.key: row.name for row in wanted}
    changes = [change for row in wanted for change in _changes(by_key.get(row.key), row, parents)]
    kept = {row.key for row in wanted}
    return changes + [Change(What.ENDED, None, row.key, row.name) for row in present if row.key not in kept]


def _changes(old: Present | None, new: Division, names: Mapping[str, str]) -> Iterable[Change]:
    if old is None:
        yield Change(What.NEW, new.line, new.key, new.name, after=names.get(new.parent or "", ""))
        return
    if (old.name, old.kind) != (new.name, new.kind):
        before, after = f"{old.name}（{old.kind}）", f"{new.name}（{new.kind}）"
        yield Change(What.RENAMED, new.line, new.key, new.name, before, after)
    if old.parent != new.parent:
        before, after = names.get(old.parent or "", ""), names.get(new.parent or "", "")
        yield Change(What.MOVED, new.line, new.key, new.name, before, after)
    if old.code_nbs != new.code_nbs:
        yield Change(What.RECODED, new.line, new.key, new.name, old.code_nbs or "", new.code_nbs or "")
