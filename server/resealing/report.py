"""What stands under which key, as lines for the operator."""

from collections.abc import Iterator, Mapping

from foundation.ciphers import FORMATS
from foundation.keyring import key_of
from foundation.keys import RootKeys
from server.resealing.sweep import FILES, IDENTITIES

Usage = Mapping[str, Mapping[bytes | None, int]]


def told_usage(keys: RootKeys, usage: Usage) -> Iterator[str]:
    """One line per key, then what nobody can open."""
    for key in sorted(keys.roots):
        state = "现用 present" if key == keys.current else "可解密 opens"
        yield f"{key}\t{state}\t{_counted(usage, key)}"
    lost = {key_of(header) for _, header, _ in _cells(usage) if header is not None} - keys.roots.keys()
    for key in sorted(lost):
        yield f"{key}\t缺失 MISSING\t{_counted(usage, key)}"
    if absent := sum(count for _, header, count in _cells(usage) if header is None):
        yield f"-\t文件不在 files not in the store\t{absent}"


def _counted(usage: Usage, key: int) -> str:
    """`international: 1234 值 values, 12 索引 index, 3 文件 files`, per suite that this key was used with."""
    found: dict[str, dict[str, int]] = {}
    for place, header, count in _cells(usage):
        if header is not None and key_of(header) == key:
            kind = {FILES: "文件 files", IDENTITIES: "索引 index"}.get(place, "值 values")
            suite = found.setdefault(FORMATS[header[0]].suite.value, {})
            suite[kind] = suite.get(kind, 0) + count
    told = [f"{suite}: " + ", ".join(f"{n} {kind}" for kind, n in kinds.items()) for suite, kinds in found.items()]
    return "; ".join(told) or "0"


def _cells(usage: Usage) -> Iterator[tuple[str, bytes | None, int]]:
    for place, headers in usage.items():
        for header, count in headers.items():
            yield place, header, count
