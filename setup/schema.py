"""On a fresh database of embedded servers: every revision runs, and then the models equal the schema."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic.util import CommandError

from foundation.servers import servers
from foundation.settings import load_settings
from migrations.run import check, upgrade


def main() -> None:
    with TemporaryDirectory(prefix="tiaojie-check-") as folder:
        settings = load_settings({"TIAOJIE_DATA": str(Path(folder) / "data")})
        Path(folder).chmod(0o711)
        with servers(settings, print, durable=False) as endpoints:
            upgrade(endpoints.owner)
            try:
                check(endpoints.owner)
            except CommandError as error:
                sys.exit(f"the models and the migrated schema differ: {error}")


if __name__ == "__main__":
    main()
