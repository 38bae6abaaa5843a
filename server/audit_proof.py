"""The whole proof of the audit: chains and checkpoints in the database, and the file outside of it."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.audit_chain import Verdict, verify
from foundation.audit_faults import Head, Mismatch
from foundation.audit_file import CheckpointFile, Place, compare, to_file
from foundation.settings import SettingError

HOUR = timedelta(hours=1)
UNKNOWN = text("select unnest(cast(:ids as int[])) except select id from tenants order by 1")
OTHERS = text("select exists (select from tenants where parent_id is null and id = any(:tenants))")


class Proof(Struct, frozen=True):
    """`file` is what is wrong with the file, `late` where lines stand that were written after their hour."""

    sound: bool
    unwitnessed: int
    verdict: Verdict
    lines: int
    file: list[Mismatch]
    late: list[str]


async def unknown(session: AsyncSession, tenants: Collection[int]) -> list[int]:
    """Those that are no tenants: nothing would be proved about them, and called intact."""
    return list(await session.scalars(UNKNOWN, {"ids": list(tenants)}))


async def prove(
    session: AsyncSession, folder: Path, kept: Mapping[int, Head] | None, tenants: Collection[int] | None
) -> Proof:
    """In the auditor's session. The file is the province's: it is read when the province is among the tenants."""
    concerned = tenants is None or bool(await session.scalar(OTHERS, {"tenants": list(tenants)}))
    places, wrong = await _file(session, folder) if concerned else ([], [])
    verdict = await verify(session, kept, tenants=tenants)
    return Proof(
        sound=verdict.sound and not wrong,
        unwitnessed=verdict.unwitnessed,
        verdict=verdict,
        lines=len(places),
        file=wrong,
        late=[place.where for place in places if _late(place)],
    )


async def _file(session: AsyncSession, folder: Path) -> tuple[list[Place], list[Mismatch]]:
    """Under the folder's lock, so that no worker stands between database and file; raises SettingError."""
    file = CheckpointFile(folder)
    try:
        with file.turn(wait=True):
            places = file.read()
            return places, compare(places, {filed.hour: filed for filed in await to_file(session)})
    except OSError as error:
        zh, en = f"无法读取检查点目录 {folder}", f"can't read the checkpoints' folder {folder} ({error.strerror})"
        raise SettingError("TIAOJIE_CHECKPOINTS", zh, en) from error


def _late(place: Place) -> bool:
    line = place.line
    return line is not None and datetime.fromisoformat(line.written) >= datetime.fromisoformat(line.hour) + HOUR
