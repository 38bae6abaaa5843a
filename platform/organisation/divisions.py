"""Files of the tree: divisions (行政区划) and functional zones (功能区). A broken file is refused whole.

Columns of divisions: code, parent_code, level, name, kind, nbs2023_code (others are left alone). Columns of zones:
nbs_code, county_code, prefecture, county, name. The header says which of the two a file is.
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from foundation.errors import DomainError, translate_param
from foundation.language import N_, translate
from tenants.tiers import DEPTH, Tier

DATA = Path(__file__).parent / "data"
DIVISIONS = DATA / "yunnan_divisions.csv"
ZONES = DATA / "yunnan_functional_zones.csv"

DIVISION_COLUMNS = {"code", "parent_code", "level", "name", "kind", "nbs2023_code"}
ZONE_COLUMNS = {"nbs_code", "county_code", "name"}
LEVELS = {
    "province": Tier.PROVINCE,
    "prefecture": Tier.PREFECTURE,
    "county": Tier.COUNTY,
    "township": Tier.TOWNSHIP,
}
DIGITS = {Tier.PROVINCE: 6, Tier.PREFECTURE: 6, Tier.COUNTY: 6, Tier.TOWNSHIP: 9}
LONGEST_NAME = 40
ZONE = "zone"
KINDS = {
    Tier.PROVINCE: ("省", "自治区", "直辖市"),
    Tier.PREFECTURE: ("市", "自治州", "地区", "盟"),
    Tier.COUNTY: ("县", "自治县", "市", "区", "旗", "自治旗", "林区", "特区"),
    Tier.TOWNSHIP: ("镇", "乡", "民族乡", "街道", "苏木", "民族苏木", ZONE),
}
"""What a unit of each tier may be (宪法 30; 地方组织法); a functional zone stands beside townships."""


class Division(Struct, frozen=True):
    """One line. `key` names it between imports: the civil affairs code of a division, the statistics code of a zone."""

    line: int
    key: str
    parent: str | None
    tier: Tier
    name: str
    kind: str
    code_mca: str | None
    code_nbs: str | None


class BrokenLine(Struct, frozen=True):
    line: int
    reason: str
    params: dict[str, object] = {}
    column: str = ""
    """Which cell, where it is one."""

    def text(self, language: str) -> str:
        said = translate(self.reason, language, **{k: translate_param(v, language) for k, v in self.params.items()})
        return f"{self.column}: {said}" if self.column else said


class BrokenFile(DomainError):
    """Nothing of the file was taken; `lines` names every broken line with its reason."""

    code = "broken_file"
    status = 422
    message = N_("文件有误，未导入任何内容")

    def __init__(self, *lines: BrokenLine) -> None:
        super().__init__()
        self.lines = lines


class TreeFile(Struct, frozen=True):
    """A read and checked file: `zones` hang below counties that are in the tree already."""

    divisions: list[Division]
    zones: bool


def read_tree_file(path: Path) -> TreeFile:
    """Read either kind of file; raises BrokenFile."""
    rows = list(_rows(path))
    zones = bool(rows) and rows[0][1].keys() >= ZONE_COLUMNS
    read = [_zone(line, row) if zones else _division(line, row) for line, row in rows]
    divisions = [row for row in read if isinstance(row, Division)]
    broken = [row for row in read if isinstance(row, BrokenLine)] + list(_each(divisions))
    broken += [fault for fault in _together(divisions, zones) if fault is not None]
    if broken:
        raise BrokenFile(*sorted(broken, key=lambda fault: fault.line))
    return TreeFile(divisions, zones)


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    """(line number as an editor shows it, the line's cells)."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            header = set(reader.fieldnames or ())
            if not (header >= DIVISION_COLUMNS or header >= ZONE_COLUMNS):
                columns = ", ".join(sorted(DIVISION_COLUMNS))
                raise BrokenFile(BrokenLine(1, N_("首行应有这些列：%(columns)s"), {"columns": columns}))
            for row in reader:
                if None in row or None in row.values():
                    raise BrokenFile(BrokenLine(reader.line_num, N_("列数与首行不同")))
                yield reader.line_num, {name: cell.strip() for name, cell in row.items()}
    except UnicodeDecodeError as error:
        raise BrokenFile(BrokenLine(1, N_("文件不是 UTF-8 编码"))) from error
    except csv.Error as error:
        raise BrokenFile(BrokenLine(reader.line_num, N_("不是完整的 CSV 行"))) from error


def _division(line: int, row: Mapping[str, str]) -> Division | BrokenLine:
    tier = LEVELS.get(row["level"])
    if tier is None:
        return BrokenLine(line, N_("层级不认识：%(level)s"), {"level": row["level"]})
    code, parent, name, kind = row["code"], row["parent_code"] or None, row["name"], row["kind"]
    return Division(line, code, parent, tier, name, kind, code, row["nbs2023_code"] or None)


def _zone(line: int, row: Mapping[str, str]) -> Division:
    code = row["nbs_code"]
    return Division(line, code, row["county_code"], Tier.TOWNSHIP, row["name"], ZONE, None, code)


def _each(divisions: list[Division]) -> Iterator[BrokenLine]:
    """What a line alone can have wrong."""
    for division in divisions:
        digits = DIGITS[division.tier]
        if len(division.key) != digits or not (division.key.isascii() and division.key.isdigit()):
            yield BrokenLine(division.line, N_("代码应为 %(n)s 位数字：%(code)s"), {"n": digits, "code": division.key})
        if not 0 < len(division.name) <= LONGEST_NAME:
            yield BrokenLine(division.line, N_("名称应为 1 至 %(n)s 个字"), {"n": LONGEST_NAME})
        if not division.kind:
            yield BrokenLine(division.line, N_("缺少类别"))


def _together(divisions: list[Division], zones: bool) -> Iterator[BrokenLine | None]:
    """What lines can have wrong with each other."""
    if not divisions:
        yield BrokenLine(1, N_("文件没有内容"))
    seen: dict[str, Division] = {}
    names: dict[tuple[str | None, str], int] = {}
    for division in divisions:
        if first := seen.setdefault(division.key, division):
            yield _repeated(division, first.line, N_("代码与第 %(first)s 行重复"))
        yield _repeated(
            division, names.setdefault((division.parent, division.name), division.line), N_("名称与第 %(first)s 行重复")
        )
    if not zones:
        yield from (_parent_fault(division, seen) for division in divisions)
        yield from _tops(divisions)


def _repeated(division: Division, first: int, reason: str) -> BrokenLine | None:
    return None if first == division.line else BrokenLine(division.line, reason, {"first": first})


def _parent_fault(division: Division, seen: Mapping[str, Division]) -> BrokenLine | None:
    """A parent stands in the same file, exactly one tier above."""
    if division.tier is Tier.PROVINCE:
        return BrokenLine(division.line, N_("省没有上级")) if division.parent else None
    parent = seen.get(division.parent or "")
    if parent is None:
        return BrokenLine(division.line, N_("上级代码不在文件中：%(code)s"), {"code": division.parent or ""})
    if DEPTH[parent.tier] != DEPTH[division.tier] - 1:
        return BrokenLine(division.line, N_("上级 %(code)s 的层级不对"), {"code": parent.key})
    return None


def _tops(divisions: list[Division]) -> Iterator[BrokenLine]:
    tops = [division.line for division in divisions if division.tier is Tier.PROVINCE]
    if len(tops) != 1:
        yield BrokenLine(tops[1] if tops else 1, N_("文件应有且只有一个省，现有 %(n)s 个"), {"n": len(tops)})
