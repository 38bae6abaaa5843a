"""Where the servers are and as whom to speak to them."""

from hashlib import sha256
from urllib.parse import quote

import msgspec
from sqlalchemy import URL, make_url

from foundation.embedded.folders import Folders
from foundation.secrets import Secret, load_secret
from foundation.settings import Settings

DATABASE = "tiaojie"
OWNER = "tiaojie_owner"
APP = "tiaojie_app"
AUDITOR = "tiaojie_auditor"
RELAY = "tiaojie_relay"
LIMITED_ROLES = (APP, AUDITOR, RELAY)
"""None of them may pass row-level security."""


class Endpoints(msgspec.Struct, frozen=True, kw_only=True):
    """SQLAlchemy addresses (postgresql+asyncpg) for the four database roles, and the Redis address."""

    owner: str
    app: str
    auditor: str
    relay: str
    redis: str

    def __repr__(self) -> str:
        """The addresses hold passwords: none shows in a log or a traceback."""
        return f"Endpoints({make_url(self.owner)!s})"

    def on_database(self, name: str, redis_database: int = 0) -> "Endpoints":
        """The same servers, another database."""
        moved = {role: _render(make_url(getattr(self, role)).set(database=name)) for role in DATABASE_FIELDS}
        return Endpoints(**moved, redis=redis_on(self.redis, redis_database))


DATABASE_FIELDS = ("owner", "app", "auditor", "relay")


def endpoints(settings: Settings) -> Endpoints:
    """Says where the servers are without asking whether they run (see `foundation.servers`)."""
    if settings.database_url is None or settings.redis_url is None:
        return _embedded(Folders(settings.data), load_secret(settings.secret_file))
    return _external(settings.database_url, settings.redis_url)


def asyncpg_dsn(url: str) -> str:
    """A SQLAlchemy address of ours as asyncpg itself (and Piccolo) takes it."""
    parts = make_url(url).set(drivername="postgresql")
    query = {("sslmode" if name == "ssl" else name): value for name, value in parts.query.items()}
    return _render(parts.set(query=query))


def redis_on(url: str, database: int) -> str:
    """The address of another numbered database of the same Redis."""
    address, _, _ = url.partition("?")
    if address.startswith("unix:"):
        return f"{address}?db={database}"
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/{database}"


def role_password(owner_password: str, role: str) -> str:
    """On a server of someone else's: the same for every deployment that knows its owner's password."""
    return sha256(f"tiaojie:{role}:{owner_password}".encode()).hexdigest()


def _embedded(folders: Folders, secret: Secret) -> Endpoints:
    def address(role: str) -> str:
        query = {"host": str(folders.sockets)}
        return _render(URL.create("postgresql+asyncpg", role, secret.password(role), database=DATABASE, query=query))

    socket = quote(str(folders.sockets / "valkey.sock"))
    return Endpoints(
        owner=address(OWNER),
        app=address(APP),
        auditor=address(AUDITOR),
        relay=address(RELAY),
        redis=f"unix://:{secret.password('valkey')}@{socket}?db=0",
    )


def _external(database_url: str, redis_url: str) -> Endpoints:
    given = make_url(database_url).set(drivername="postgresql+asyncpg")
    query = {("ssl" if name == "sslmode" else name): value for name, value in given.query.items()}
    owner = given.set(query=query)

    def address(role: str) -> str:
        return _render(owner.set(username=role, password=role_password(str(owner.password), role)))

    return Endpoints(
        owner=_render(owner), app=address(APP), auditor=address(AUDITOR), relay=address(RELAY), redis=redis_url
    )


def _render(url: URL) -> str:
    return url.render_as_string(hide_password=False)
