"""The schema at start: migrated when it is behind, left alone when it is not."""

from foundation.endpoints import Endpoints
from foundation.progress import Progress
from migrations.run import newest, present, upgrade


def bring_up_to_date(endpoints: Endpoints, progress: Progress) -> bool:
    """Whether anything had to be done."""
    wanted = newest()
    if present(endpoints.owner) == wanted:
        return False
    progress(f"正在升级数据库结构 / migrating the database to {wanted}")
    upgrade(endpoints.owner)
    return True
