"""The door of the operators' office: one ASGI class around Piccolo Admin.

It admits signed-in administrators only, opens the scoped transaction, holds the answer back until the commit, and
closes every way of Piccolo's own (login, password, MFA, documentation, media): what is not listed is not there. PUT,
which its page never sends, would change a row without looking at it.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, unquote

import asyncpg
from asyncpg import Connection, Pool

from admin.answer import HeldAnswer, Receive, Scope, Send, done, with_headers
from admin.body import read_whole
from admin.broken import NotSupported
from admin.dead_ways import hidden
from admin.engine import ENGINE
from admin.forms import FormRefused
from admin.identity import administrator
from admin.site import site
from admin.wording import inward, outward, titles_at
from foundation import cookies
from foundation.endpoints import asyncpg_dsn
from foundation.errors import DomainError, Forbidden, NotFound, NotSignedIn
from foundation.language import LANGUAGES, speaking
from foundation.lost import connect
from foundation.store import SERVER_SETTINGS, Store
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.sessions import sign_out, subject_of
from tenants.subject import Subject

PATHS = re.compile(
    r"/|/assets/[\w.-]+|/api/tables/.*|/api/links/|/api/forms/.*|/api/user/|/public/meta/|/public/translations/.*"
)
MOUNT = "/admin"
PAGE = "/"
STATIC = "/assets/"
LOGOUT = "/public/logout/"
"""The button in Piccolo's menu ends the platform's session."""
SET_SCOPE = (
    "select set_config('app.tenant', $1, true), set_config('app.person', $2, true), set_config('app.now', $3, true),"
    " set_config('app.post', $4, true)"
)
Refused = Callable[[Store, Subject, str, str, DomainError], Awaitable[None]]


class OperatorsOffice:
    """One per application; `close` it with the application."""

    def __init__(self, app_url: str, store: Store, public_url: str, refused: Refused) -> None:
        self.dsn = asyncpg_dsn(app_url)
        self.store = store
        self.refused = refused
        self.piccolo = site(store, public_url)
        self._pool: Pool | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refusals are raised as named errors: the application around shows them."""
        with speaking(_language(scope)):
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = _path(scope)
        subject = await self._admitted(scope, path)
        if path == LOGOUT and scope["method"] == "POST":
            await sign_out(self.store, _session_token(scope))
            return await done(send)
        if not PATHS.fullmatch(path):
            raise NotFound
        if scope["method"] == "PUT":
            raise NotSupported
        inside = _as_piccolo_expects(scope, path)
        token = administrator.set(subject)
        try:
            if path.startswith(STATIC):
                await self.piccolo(inside, receive, with_headers(send))
            else:
                await self._in_transaction(subject, inside, path, receive, send)
        finally:
            administrator.reset(token)

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()

    async def _admitted(self, scope: Scope, path: str) -> Subject:
        subject = await subject_of(self.store, _session_token(scope))
        if subject is None:
            raise NotSignedIn
        if not gate.may(subject, Action.DICTIONARY_MANAGE, Relation.NONE):
            error = Forbidden()
            await self.refused(self.store, subject, scope["method"], MOUNT + path, error)
            raise error
        return subject

    async def _in_transaction(self, subject: Subject, scope: Scope, path: str, receive: Receive, send: Send) -> None:
        """Commit only what was answered with success, and answer only what was committed."""
        answer = HeldAnswer(titles_at(path))
        receive = await read_whole(scope["method"], path, receive)
        async with self._connection() as connection:
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute(SET_SCOPE, *self._scope_of(subject))
            async with ENGINE.on(connection):
                await answer.run(self.piccolo, scope, receive)
            if answer.succeeded:
                await answer.committing(transaction.commit)
            else:
                await transaction.rollback()
        if answer.succeeded and (words := outward(path)):
            answer.reword(words)
        if answer.succeeded and path == PAGE:
            answer.rewrite(hidden)
        if answer.refusal is not None:
            await self._on_record(subject, scope["method"], path, answer.refusal)
        await answer.send(send)

    async def _on_record(self, subject: Subject, method: str, path: str, error: DomainError) -> None:
        """What a right refuses, not a slip of the pen."""
        cause = error.error if isinstance(error, FormRefused) else error
        if isinstance(cause, Forbidden | NotFound):
            await self.refused(self.store, subject, method, MOUNT + path, cause)

    def _scope_of(self, subject: Subject) -> tuple[str, str, str, str]:
        return str(subject.tenant_id), str(subject.person_id), self.store.clock.now().isoformat(), str(subject.post_id)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        if self._pool is None:
            self._pool = await asyncpg.create_pool(
                self.dsn, min_size=0, max_size=4, server_settings=SERVER_SETTINGS, connect=connect
            )
        async with self._pool.acquire() as connection:
            yield connection


def _path(scope: Scope) -> str:
    """What is left of the address behind the mount, with Piccolo's own names. Litestar puts a slash at the end of
    `scope["path"]`, so that one will not do.
    """
    sent = unquote(scope["raw_path"].decode("ascii")).partition("?")[0]
    return inward(sent.removeprefix(MOUNT) or "/")


def _as_piccolo_expects(scope: Scope, path: str) -> Scope:
    """Its session backend wants to see a cookie named `id`; what it holds counts for nothing."""
    headers = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
    sent = [value for name, value in scope["headers"] if name == b"cookie"]
    headers.append((b"cookie", b"; ".join([*sent, b"id=admitted"])))
    whole = MOUNT + path
    return {**scope, "headers": headers, "path": whole, "raw_path": quote(whole).encode(), "root_path": MOUNT}


def _session_token(scope: Scope) -> str:
    return _cookie(scope, cookies.SESSION)


def _language(scope: Scope) -> str:
    """As the pages choose it, also for what Piccolo's page asks by program."""
    chosen = _cookie(scope, cookies.LANGUAGE)
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def _cookie(scope: Scope, name: str) -> str:
    sent = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    try:
        found = SimpleCookie(sent.decode("latin-1")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""
