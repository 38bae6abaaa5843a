"""The platform's signed-in administrator in the place of Piccolo's own users and sessions, which have no tables."""

from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from msgspec import Struct
from piccolo.apps.user.tables import BaseUser
from piccolo_api.session_auth.tables import SessionsBase

from admin.engine import ENGINE
from tenants.subject import Subject

administrator: ContextVar[Subject | None] = ContextVar("administrator", default=None)
"""Set for each request by the office, after it has admitted the subject."""

THE_ONE = 1
"""The user id that Piccolo hears: whoever the request is for."""


class Sessions(SessionsBase, tablename="no_sessions_of_piccolo", db=ENGINE):
    """Says whether the request has an administrator; the token in Piccolo's cookie counts for nothing."""

    @classmethod
    async def get_user_id(cls, token: str, increase_expiry: timedelta | None = None) -> int | None:
        return THE_ONE if administrator.get() else None


class Administrators(BaseUser, tablename="no_users_of_piccolo", db=ENGINE):
    """The one user of the request."""

    @classmethod
    def objects(cls, *_: Any, **__: Any) -> "Found":  # type: ignore[override]  # Piccolo's query reads a table, this does not
        subject = administrator.get()
        user = None if subject is None else cls(username=subject.name, admin=True, active=True, superuser=False)
        return Found(user)


class Found(Struct):
    """Answers the one question that Piccolo's session backend asks: `objects().where(…).first().run()`."""

    user: Administrators | None

    def where(self, *_: Any) -> "Found":
        return self

    def first(self) -> "Found":
        return self

    async def run(self) -> Administrators | None:
        return self.user
