"""Telling a program's token from a session's: by its first letters, which scanners of source code find too."""

from foundation.errors import Forbidden
from foundation.language import N_

PREFIX = "tj_"


class SessionRequired(Forbidden):
    """Tokens, sessions, passwords and second factors are managed by a person, never by a program."""

    code = "session_required"
    message = N_("程序令牌不能办理账号事项，请本人登录后办理")


def is_token(given: str) -> bool:
    return given.startswith(PREFIX)
