"""For an operator's commands: the servers of a deployment that is there. A wrong folder makes nothing new."""

from collections.abc import Iterator
from contextlib import contextmanager

from foundation.embedded.folders import Folders
from foundation.endpoints import Endpoints
from foundation.progress import Progress
from foundation.servers import servers
from foundation.settings import SettingError, Settings
from migrations.revisions import serves
from migrations.run import present


@contextmanager
def deployed(settings: Settings, progress: Progress, *, older: bool = False) -> Iterator[Endpoints]:
    """As `servers`, with our schema in the database. Raises SettingError. `older`: also one to be migrated yet."""
    require_cluster(settings)
    with servers(settings, progress) as endpoints:
        _require_schema(settings, present(endpoints.owner), older)
        yield endpoints


def require_cluster(settings: Settings) -> None:
    """Before anything is made: the data folder has a database."""
    if settings.embedded and not (Folders(settings.data).postgres / "PG_VERSION").exists():
        zh, en = f"目录 {settings.data} 中没有数据库，请核对", f"there is no database in the folder {settings.data}"
        raise SettingError("TIAOJIE_DATA", zh, en)


def _require_schema(settings: Settings, revision: str | None, older: bool) -> None:
    variable = "TIAOJIE_DATA" if settings.embedded else "TIAOJIE_DATABASE_URL"
    if revision is None:
        zh, en = "该数据库不是本程序的，或恢复未完成", "the database is not ours, or a restore was not finished"
        raise SettingError(variable, zh, en)
    if not older and not serves(revision):
        raise SettingError(variable, "请先执行 tiaojie migrate", f"the schema is older ({revision}): tiaojie migrate")
