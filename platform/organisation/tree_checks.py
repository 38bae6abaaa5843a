"""What a plan's lines may do to the tree, each tried on what the lines before it made.

Asked at drafting, and again when the day has come.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from foundation.errors import FieldError
from foundation.language import N_
from organisation.divisions import DIGITS, KINDS, LONGEST_NAME, ZONE
from organisation.tree_model import ABOVE, BELOW, Tree, Unit
from organisation.tree_plans import Operation
from tenants.tiers import Tier


class Line(Protocol):
    """A form's line or a stored one; read only."""

    @property
    def operation(self) -> str: ...

    @property
    def code(self) -> str: ...

    @property
    def name(self) -> str | None: ...

    @property
    def kind(self) -> str | None: ...

    @property
    def new_code(self) -> str | None: ...

    @property
    def parent_code(self) -> str | None: ...

    @property
    def into_code(self) -> str | None: ...

    @property
    def members(self) -> Sequence[str]: ...


class Effect(Struct):
    """What one line does. `moved`: units whose line upwards changed, or which are no more or smaller. `named`: which
    units the line's codes meant."""

    subject: int
    moved: list[int] = []
    made: int | None = None
    into: int | None = None
    before: Unit | None = None
    after: Unit | None = None
    named: dict[str, int] = {}


class Broken(Exception):
    """A line that can't be done: which field, which rule."""

    def __init__(self, field: str, rule: str, message: str, **params: object) -> None:
        super().__init__(rule)
        self.error = FieldError(field, rule, message, params)


def try_out(tree: Tree, lines: Sequence[Line]) -> tuple[list[Effect], list[FieldError]]:
    """Change `tree` line by line; the effects of the lines that can be done, the errors of those that can't."""
    effects, errors = [], []
    for number, line in enumerate(lines):
        named = named_units(tree, line)
        try:
            effect = WORK[Operation(line.operation)](tree, line)
            effect.named = named
            effects.append(effect)
        except Broken as broken:
            error = broken.error
            errors.append(FieldError(f"changes.{number}.{error.field}", error.rule, error.message, error.params))
    return effects, errors


def named_units(tree: Tree, line: Line) -> dict[str, int]:
    """Id by code, of the line's codes that mean a unit before it is done."""
    codes = (line.code, line.parent_code, line.into_code, *line.members)
    return {code: unit.id for code in codes if code and (unit := tree.coded(code)) is not None}


def field_of(line: Line, code: str) -> str:
    """Where the line names that code."""
    if code in line.members:
        return f"members.{list(line.members).index(code)}"
    return next(name for name in ("code", "parent_code", "into_code") if getattr(line, name) == code)


def _create(tree: Tree, line: Line) -> Effect:
    parent = _named(tree, line.parent_code, "parent_code")
    if parent.tier == Tier.TOWNSHIP or parent.zone:
        raise Broken("parent_code", "wrong_tier", N_("乡镇街道和功能区之下不设单位"))
    if line.kind == ZONE and parent.tier != Tier.COUNTY:
        raise Broken("parent_code", "wrong_tier", N_("功能区设在所在县之下"))
    kind = _kind(BELOW[Tier(parent.tier)], _filled(line.kind, "kind"))
    name = _new_name(tree, parent.id, line.name)
    code = _new_code(tree, line.code, BELOW[Tier(parent.tier)], "code")
    made = tree.add(parent, name, kind, code)
    return Effect(made.id, made=made.id, after=made)


def _rename(tree: Tree, line: Line) -> Effect:
    unit = _subject(tree, line)
    if (line.name or unit.name, line.kind or unit.kind) == (unit.name, unit.kind):
        raise Broken("name", "unchanged", N_("与现在相同"))
    if line.kind and (line.kind == ZONE) != unit.zone:
        raise Broken("kind", "not_a_choice", N_("功能区与行政区划不能互改"))
    kind = _kind(Tier(unit.tier), line.kind) if line.kind else unit.kind
    name = _new_name(tree, unit.parent, line.name, unit.id) if line.name else unit.name
    return Effect(unit.id, before=unit, after=tree.put(unit, name=name, kind=kind))


def _recode(tree: Tree, line: Line) -> Effect:
    unit = _subject(tree, line)
    code = _new_code(tree, line.new_code, Tier(unit.tier), "new_code")
    return Effect(unit.id, before=unit, after=tree.put(unit, code=code))


def _move(tree: Tree, line: Line) -> Effect:
    unit = _subject(tree, line)
    parent = _named(tree, line.parent_code, "parent_code")
    if unit.tier == Tier.PROVINCE or parent.tier != ABOVE[Tier(unit.tier)]:
        raise Broken("parent_code", "wrong_tier", N_("新的上级应正好高一级"))
    if parent.id == unit.parent:
        raise Broken("parent_code", "unchanged", N_("与现在相同"))
    _free_name(tree, parent.id, unit.name, "parent_code")
    moved = list(tree.subtree(unit.id))
    return Effect(unit.id, moved, into=parent.id, before=unit, after=tree.put(unit, parent=parent.id))


def _split(tree: Tree, line: Line) -> Effect:
    unit = _subject(tree, line)
    if unit.parent is None:
        raise Broken("code", "wrong_tier", N_("省不能分设"))
    members = [_member(tree, unit, code, number) for number, code in enumerate(line.members)]
    if unit.tier != Tier.TOWNSHIP and not members:
        raise Broken("members", "required", N_("请列出划入新单位的下级单位"))
    name = _new_name(tree, unit.parent, line.name)
    code = _new_code(tree, line.new_code, Tier(unit.tier), "new_code")
    if line.kind == ZONE and unit.tier != Tier.TOWNSHIP:
        raise Broken("kind", "not_a_choice", N_("功能区设在所在县之下"))
    made = tree.add(tree.units[unit.parent], name, _kind(Tier(unit.tier), _filled(line.kind, "kind")), code)
    moved = [unit.id] + [one for member in members for one in tree.subtree(member.id)]
    for member in members:
        tree.put(tree.units[member.id], parent=made.id)
    return Effect(unit.id, moved, made=made.id, before=unit, after=made)


def _merge(tree: Tree, line: Line) -> Effect:
    unit, into = _subject(tree, line), _named(tree, line.into_code, "into_code")
    if into.id == unit.id or into.tier != unit.tier:
        raise Broken("into_code", "wrong_tier", N_("只能并入同级的另一个单位"))
    children = tree.children(unit.id)
    for child in children:
        _free_name(tree, into.id, child.name, "into_code")
    moved = list(tree.subtree(unit.id))
    for child in children:
        tree.put(child, parent=into.id)
    tree.drop(unit)
    return Effect(unit.id, moved, into=into.id, before=unit)


def _close(tree: Tree, line: Line) -> Effect:
    unit = _subject(tree, line)
    if unit.parent is None:
        raise Broken("code", "wrong_tier", N_("省不能撤销"))
    if tree.children(unit.id):
        raise Broken("code", "has_children", N_("还有下级单位，须先改隶、并入或者撤销"))
    tree.drop(unit)
    return Effect(unit.id, [unit.id], before=unit)


WORK: dict[Operation, Callable[[Tree, Line], Effect]] = {
    Operation.CREATE: _create,
    Operation.RENAME: _rename,
    Operation.RECODE: _recode,
    Operation.MOVE: _move,
    Operation.SPLIT: _split,
    Operation.MERGE: _merge,
    Operation.CLOSE: _close,
}


def _subject(tree: Tree, line: Line) -> Unit:
    return _named(tree, line.code, "code")


def _named(tree: Tree, code: str | None, field: str) -> Unit:
    found = tree.coded(_filled(code, field))
    if found is None:
        raise Broken(field, "unknown", N_("组织树中没有这个代码：%(code)s"), code=code)
    return found


def _member(tree: Tree, unit: Unit, code: str, number: int) -> Unit:
    found = tree.coded(code)
    if found is None or found.parent != unit.id:
        raise Broken(f"members.{number}", "unknown", N_("不是这个单位的下级：%(code)s"), code=code)
    return found


def _filled(value: str | None, field: str) -> str:
    if not value:
        raise Broken(field, "required", N_("请填写"))
    return value


def _kind(tier: Tier, kind: str) -> str:
    """Raises Broken for a kind that no unit of this tier has."""
    if kind not in KINDS[tier]:
        raise Broken("kind", "not_a_choice", N_("这一级单位没有这种类别"))
    return kind


def _new_name(tree: Tree, parent: int | None, name: str | None, but: int | None = None) -> str:
    wanted = _filled(name, "name")
    if len(wanted) > LONGEST_NAME:
        raise Broken("name", "too_long", N_("名称应为 1 至 %(n)s 个字"), n=LONGEST_NAME)
    _free_name(tree, parent, wanted, "name", but)
    return wanted


def _free_name(tree: Tree, parent: int | None, name: str, field: str, but: int | None = None) -> None:
    if tree.named_below(parent, name, but):
        raise Broken(field, "taken", N_("同一上级之下已有同名单位：%(name)s"), name=name)


def _new_code(tree: Tree, code: str | None, tier: Tier, field: str) -> str:
    wanted, digits = _filled(code, field), DIGITS[tier]
    if len(wanted) != digits or not (wanted.isascii() and wanted.isdigit()):
        raise Broken(field, "malformed", N_("代码应为 %(n)s 位数字：%(code)s"), n=digits, code=wanted)
    if tree.coded(wanted) is not None:
        raise Broken(field, "taken", N_("代码已被现有单位使用：%(code)s"), code=wanted)
    return wanted
