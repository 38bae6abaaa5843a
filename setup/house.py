"""Draw the house from the contract that holds it: `python setup/house.py > docs/house.svg`. A test keeps it current."""

import tomllib
from collections.abc import Iterator
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

ROOMS = {
    "server": ("组合与命令", "composition root, command line, worker, supervisor"),
    "migrations": ("结构", "the one schema, made by alembic"),
    "api": ("接口", "doors for programs: one route per act"),
    "web": ("页面", "doors for people: server-rendered pages"),
    "admin": ("运维室", "the operators' office"),
    "indicators": ("指标", "counters, overview"),
    "handover": ("移交", "offer, accept, return, assist"),
    "oversight": ("督办", "orders, warnings"),
    "funding": ("经费", "payer, fees, settlement, ledger"),
    "dossiers": ("卷宗", "evidence, endings, archive"),
    "teams": ("专调小组", "team, plan, agreement"),
    "access": ("准入", "lending, recusal, requests, who looked"),
    "cases": ("案件", "eight steps, acts, papers, clocks"),
    "organisation": ("组织", "tree, offices, posts, people"),
    "policies": ("权限", "rules → Casbin → one frozen table; sight as SQL"),
    "tenants": ("租户与登录", "subjects, sessions, second factor, tokens"),
    "foundation": ("地基", "settings, store, keys, audit, outbox, files, jobs, embedded servers"),
}
"""What each room is for, in Chinese and English."""

FLOORS = (
    ("组合 / composition", ("server", "migrations")),
    ("门 / doors", ("web", "api", "admin")),
    ("业务 / domain (platform/)", ("indicators", "handover", "oversight", "funding")),
    ("", ("dossiers", "teams", "access", "cases", "organisation")),
    ("权限 / policies", ("policies",)),
    ("租户 / tenants", ("tenants",)),
    ("地基 / foundation", ("foundation",)),
)
OUTSIDE = (
    ("浏览器 · 程序 · 手机", "browsers, programs, petitioners' phones", 0),
    ("反向代理（TLS）", "reverse proxy with TLS", 1),
    ("PostgreSQL 18", "cases, audit, outbox; row-level security", 4),
    ("Valkey", "job queue; keeps nothing that matters", 5),
    ("文件与检查点", "encrypted files; audit checkpoints", 6),
)
WIDTH, LEFT, HOUSE, ROW, GAP = 1180, 20, 840, 74, 12
FONT = "font-family=\"'Noto Sans CJK SC','Noto Sans',sans-serif\""


def main() -> None:
    print(drawing(), end="")


def drawing() -> str:
    """The SVG; raises when a package has no room in it."""
    missing = set(_packages()) ^ set(ROOMS)
    if missing:
        raise SystemExit(f"rooms and packages differ: {sorted(missing)}")
    height = GAP + len(FLOORS) * (ROW + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" {FONT}>',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        *(line for number, floor in enumerate(FLOORS) for line in _floor(number, *floor)),
        *(line for outside in OUTSIDE for line in _outside(*outside)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _packages() -> list[str]:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    names: list[str] = contract["root_packages"]
    return names


def _floor(number: int, title: str, rooms: tuple[str, ...]) -> Iterator[str]:
    top = GAP + number * (ROW + GAP)
    label = 150
    for position, part in enumerate(title.split(" / ")):
        yield _text(LEFT, top + 32 + 18 * position, part, 13 if position == 0 else 11, "#555555")
    width = (HOUSE - label - GAP * (len(rooms) - 1)) / len(rooms)
    for position, room in enumerate(rooms):
        yield from _box(LEFT + label + position * (width + GAP), top, width, "#e8f0fa", "#3465a4", room)


def _box(left: float, top: float, width: float, fill: str, line: str, room: str) -> Iterator[str]:
    chinese, english = ROOMS[room]
    yield (f'<rect x="{left:.0f}" y="{top}" width="{width:.0f}" height="{ROW}" rx="6" fill="{fill}" stroke="{line}"/>')
    yield _text(left + 10, top + 26, f"{chinese} · {room}", 15, "#1a1a1a")
    for number, part in enumerate(_wrapped(english, int(width / 6.2))):
        yield _text(left + 10, top + 46 + 15 * number, part, 11, "#444444")


def _outside(chinese: str, english: str, floor: int) -> Iterator[str]:
    left, top = LEFT + HOUSE + 40, GAP + floor * (ROW + GAP)
    width = WIDTH - left - LEFT
    yield (
        f'<rect x="{left}" y="{top}" width="{width}" height="{ROW}" rx="6" fill="#fdf6e3" stroke="#b58900"'
        ' stroke-dasharray="5 3"/>'
    )
    yield _text(left + 10, top + 30, chinese, 14, "#1a1a1a")
    yield _text(left + 10, top + 52, english, 11, "#444444")
    if floor == 0:  # whoever comes from outside comes through the proxy
        yield f'<line x1="{left + 40}" y1="{top + ROW}" x2="{left + 40}" y2="{top + ROW + GAP}" stroke="#b58900"/>'
    else:
        yield f'<line x1="{LEFT + HOUSE}" y1="{top + ROW / 2}" x2="{left}" y2="{top + ROW / 2}" stroke="#b58900"/>'


def _wrapped(text: str, most: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > most and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _text(left: float, top: float, text: str, size: int, colour: str) -> str:
    return f'<text x="{left:.0f}" y="{top:.0f}" font-size="{size}" fill="{colour}">{escape(text)}</text>'


if __name__ == "__main__":
    main()
