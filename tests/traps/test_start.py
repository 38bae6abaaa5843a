"""What can go wrong before the first request: traps 1, 18 and 19."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints
from foundation.settings import Settings
from foundation.store import Store
from policies.rules import COLUMNS, PolicyBroken
from server.app import start
from server.parts import make_parts

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
NO_RULES = "insert into rule_editions values (1, '', :content, 'test', '2026-01-01')"


async def test_a_deployment_whose_rules_are_empty_does_not_serve(
    fresh_database: Endpoints, settings: Settings, clock: FrozenClock
) -> None:
    owner = Store(fresh_database.owner, clock, pool_size=1)
    async with owner.anonymous() as session:
        await session.execute(text(NO_RULES), {"content": ",".join(COLUMNS) + "\n"})
    await owner.close()
    parts = make_parts(settings, fresh_database, clock)
    with pytest.raises(PolicyBroken, match="no rules"):
        await start(parts)
    await parts.close()


def test_uvicorn_starts_from_the_root_of_the_repository() -> None:
    """There Python's own `platform` must win over the folder of that name, which is a shelf and no package."""
    shelf = "import platform, uvicorn.main; assert platform.system(); import cases"
    for arguments in (["-m", "uvicorn", "--version"], ["-c", shelf]):
        ended = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, env=_plain())
        assert ended.returncode == 0, ended.stderr
    assert not (ROOT / "platform" / "__init__.py").exists()


def _plain() -> dict[str, str]:
    """As a shell at the root has it: no help from a path that pytest was given."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


@pytest.mark.parametrize("lock", LOCKS, ids=[lock.name for lock in LOCKS])
def test_no_lock_names_the_other_casbin(lock: Path) -> None:
    named = set(re.findall(r"^(casbin|pycasbin)==", lock.read_text(encoding="utf-8"), re.MULTILINE))
    assert named == ({"pycasbin"} if lock.name in ("runtime.txt", "dev.txt") else set())
