"""The command line `tiaojie`: each file of `server/commands/` is one command, found by its name."""

import pkgutil
import sys
from importlib import import_module

import rich_click as click
from redis.exceptions import ConnectionError as CacheLost

from foundation.embedded.account import CommandFailed
from foundation.lost import is_lost
from foundation.settings import SettingError
from server import commands
from server.stopping import stop_on_signals

NAMES = tuple(sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(commands.__path__)))


class Commands(click.RichGroup):
    """Imports a command when it is called, so that each start loads only what it needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in NAMES:
            return None
        found: click.Command = import_module(f"server.commands.{cmd_name.replace('-', '_')}").command
        return found


@click.group(cls=Commands)
@click.version_option(package_name="tiaojie")
def tiaojie() -> None:
    """调解工作平台 · the mediation platform.

    Everything is set by TIAOJIE_ variables; without any, the embedded servers are used. For example:

    \b
      tiaojie run                      start all of it and print the address
      tiaojie migrate                  bring the database to the newest schema
      TIAOJIE_PORT=8080 tiaojie run    the same on another port
      tiaojie COMMAND --help           what a command does, with examples
    """


def main() -> None:
    """Run; a wrong setting, a server that does not start or goes away is one line, not a traceback."""
    stop_on_signals()
    try:
        tiaojie()
    except SettingError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except CommandFailed as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except Exception as error:
        if (lost := _lost(error)) is None:
            raise
        print(f"{lost} ({type(error).__name__})", file=sys.stderr)
        sys.exit(1)


def _lost(error: Exception) -> str | None:
    """A server that went away in the middle is no defect of ours; None for what may be one."""
    if is_lost(error):
        return "与数据库的连接中断，请稍后重新执行 / the connection to the database was lost: try again"
    if isinstance(error, CacheLost):
        return "与缓存的连接中断，请稍后重新执行 / the connection to the cache was lost: try again"
    return None


if __name__ == "__main__":
    main()
