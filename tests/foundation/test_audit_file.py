"""The province's checkpoints outside the database: appended once, on disk, and no line of it changes unseen."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from foundation.audit_faults import Flaw
from foundation.audit_file import CheckpointFile, Filed, compare

NOON = datetime(2026, 3, 31, 20, 5, tzinfo=UTC)
HOURS = [f"{NOON + timedelta(hours=number):%Y-%m-%dT%H:00Z}" for number in range(6)]
"""From 31 March 20:00 to 1 April 01:00: two months."""
CHECKPOINTS = [Filed(1, hour, "sm3" if number % 2 else "sha256", f"{number:064x}") for number, hour in enumerate(HOURS)]
KEPT = {filed.hour: filed for filed in CHECKPOINTS}


@pytest.fixture
def file(tmp_path: Path) -> CheckpointFile:
    """Six lines."""
    written = CheckpointFile(tmp_path)
    for number in range(1, 7):
        assert written.append(CHECKPOINTS[:number], NOON) == 1
    return written


def found(file: CheckpointFile) -> list[tuple[Flaw, str | None, str]]:
    return [(mismatch.flaw, mismatch.line, mismatch.hour) for mismatch in compare(file.read(), KEPT)]


def test_there_is_a_file_per_month_and_one_line_per_hour(file: CheckpointFile) -> None:
    places = file.read()
    assert [place.where for place in places] == [
        *(f"2026-03.jsonl:{number}" for number in range(1, 5)),
        *(f"2026-04.jsonl:{number}" for number in range(1, 3)),
    ]
    assert [place.line.hour for place in places if place.line] == HOURS
    assert found(file) == []


def test_what_is_filed_is_not_filed_again_and_what_was_missed_is_added_in_order(tmp_path: Path) -> None:
    file = CheckpointFile(tmp_path)
    assert file.append(CHECKPOINTS[:2], NOON) == 2
    assert file.append(CHECKPOINTS[:2], NOON) == 0
    assert file.append(CHECKPOINTS, NOON) == 4
    assert found(file) == []


def test_a_line_that_the_machine_did_not_finish_is_written_anew(file: CheckpointFile) -> None:
    last = file.folder / "2026-04.jsonl"
    last.write_bytes(last.read_bytes()[:-20])
    assert file.append(CHECKPOINTS, NOON) == 1
    assert found(file) == []


def attack_lines(file: Path, change: Callable[[list[str]], None]) -> None:
    lines = file.read_text().splitlines()
    change(lines)
    file.write_text("".join(f"{kept}\n" for kept in lines))


def alter(lines: list[str]) -> None:
    lines[1] = lines[1].replace(CHECKPOINTS[1].root, "f" * 64)


def backdate(lines: list[str]) -> None:
    lines[1] = lines[1].replace("20:05:00", "20:04:00")


def garble(lines: list[str]) -> None:
    lines[1] = "{}"


def swap(lines: list[str]) -> None:
    lines[1], lines[2] = lines[2], lines[1]


def remove(lines: list[str]) -> None:
    del lines[1]


def cut(lines: list[str]) -> None:
    del lines[1:]


SECOND, THIRD = "2026-03.jsonl:2", "2026-03.jsonl:3"
ATTACKS = {
    "an altered root": (alter, "2026-03", [(Flaw.NOT_AS_FILED, SECOND), (Flaw.LINE_ALTERED, THIRD)]),
    "an altered date": (backdate, "2026-03", [(Flaw.LINE_ALTERED, THIRD)]),
    "a line that is none": (
        garble,
        "2026-03",
        [(Flaw.LINE_ALTERED, SECOND), (Flaw.LINE_ALTERED, THIRD), (Flaw.LINE_MISSING, None)],
    ),
    "two lines exchanged": (
        swap,
        "2026-03",
        [(Flaw.LINE_ALTERED, SECOND), (Flaw.LINE_ALTERED, THIRD), (Flaw.LINE_ALTERED, "2026-03.jsonl:4")],
    ),
    "a line removed": (remove, "2026-03", [(Flaw.LINE_ALTERED, SECOND), (Flaw.LINE_MISSING, None)]),
    "the end of a month removed": (
        cut,
        "2026-03",
        [(Flaw.LINE_ALTERED, "2026-04.jsonl:1"), *[(Flaw.LINE_MISSING, None)] * 3],
    ),
    "the end removed": (cut, "2026-04", [(Flaw.FILE_CUT, None)]),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_change_is_named_with_its_line_or_hour(file: CheckpointFile, attack: str) -> None:
    change, month, expected = ATTACKS[attack]
    attack_lines(file.folder / f"{month}.jsonl", change)
    assert [(flaw, where) for flaw, where, _ in found(file)] == expected


def test_a_removed_month_and_a_removed_folder_are_named_from_their_first_hour(file: CheckpointFile) -> None:
    (file.folder / "2026-04.jsonl").unlink()
    assert found(file) == [(Flaw.FILE_CUT, None, HOURS[4])]
    (file.folder / "2026-03.jsonl").unlink()
    assert found(file) == [(Flaw.FILE_CUT, None, HOURS[0])]


def test_a_checkpoint_that_the_database_lost_or_changed_is_named_by_its_line(file: CheckpointFile) -> None:
    kept = {**KEPT, HOURS[2]: Filed(1, HOURS[2], "sha256", "f" * 64)}
    del kept[HOURS[5]]
    assert [(mismatch.flaw, mismatch.line) for mismatch in compare(file.read(), kept)] == [
        (Flaw.NOT_AS_FILED, THIRD),
        (Flaw.MISSING, "2026-04.jsonl:2"),
    ]


def test_one_at_a_time_holds_the_folder(file: CheckpointFile) -> None:
    with file.turn() as mine, CheckpointFile(file.folder).turn() as other:
        assert (mine, other) == (True, False)
    with CheckpointFile(file.folder).turn() as again:
        assert again
