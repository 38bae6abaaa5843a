"""The schema at start: migrated when it is behind, left alone when it is not."""

from foundation.embedded.account import CommandFailed
from foundation.endpoints import Endpoints
from foundation.progress import Progress
from migrations.run import has_tables, newest, present, upgrade


def bring_up_to_date(endpoints: Endpoints, progress: Progress) -> bool:
    """Whether anything had to be done. Raises CommandFailed for a database that is neither empty nor whole."""
    there, wanted = present(endpoints.owner), newest()
    if there == wanted:
        return False
    if there is None and has_tables(endpoints.owner):
        zh = "数据库中已有内容但没有版本号：恢复未完成，或不是本程序的数据库。请换空库重新恢复"
        raise CommandFailed(f"{zh} / there are tables but no revision: an unfinished restore, or not our database")
    progress(f"正在升级数据库结构 / migrating the database to {wanted}")
    upgrade(endpoints.owner)
    return True
