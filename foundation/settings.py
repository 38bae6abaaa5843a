"""Settings from the environment; a wrong one names its variable and the form it wants."""

import hashlib
import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import msgspec

from foundation.suites import Suite

PREFIX = "TIAOJIE_"
KNOWN = {
    f"{PREFIX}{name}"
    for name in ("DATABASE_URL", "REDIS_URL", "DATA", "HOST", "PORT", "PUBLIC_URL", "CHECKPOINTS")
    + ("DATABASE_URL_FILE", "REDIS_URL_FILE", "SECRET_FILE", "SEED_LIGHT", "SEED_FULL")
    + ("CRYPTOGRAPHY", "LOG", "LOG_LEVEL", "METRICS_HOST", "METRICS_PORT", "TRUSTED_PROXIES", "DRAIN", "BENCH_DATA")
    + ("SMTP_URL", "SMTP_URL_FILE", "MAIL_FROM", "WEBHOOK_NETWORKS")
}
CHECKOUT = Path(__file__).resolve().parent.parent
"""Where the code lies: a checkout, or the folder that a wheel was installed to."""
EMPTY = urlsplit("")
MAIL_ADDRESS = re.compile(r"[^\s@<>,;\"()]{1,64}@[A-Za-z0-9.-]{1,200}")
LOG_FORMS = ("plain", "json")
LOG_LEVELS = ("debug", "info", "warning", "error")


class SettingError(Exception):
    """A setting is missing or malformed; shown as one line in both languages, exit code 2."""

    def __init__(self, variable: str, zh: str, en: str) -> None:
        self.variable = variable
        super().__init__(f"{variable}: {zh} / {en}")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the environment decides. Both URLs None means: the embedded servers.

    `metrics_port` 0: none are served. `trusted_proxies`: addresses and networks (CIDR) whose X-Forwarded-For and -Proto
    are believed. `drain`: seconds between "not ready" and the end of listening when asked to stop. `smtp_url` None: no
    e-mail is sent. `webhook_networks`: private networks that webhooks may reach, and without TLS.
    """

    data: Path
    host: str
    port: int
    public_url: str
    secret_file: Path
    checkpoints: Path
    database_url: str | None
    redis_url: str | None
    seed_light: int
    seed_full: int
    log: str
    log_level: str
    metrics_host: str
    metrics_port: int
    trusted_proxies: tuple[str, ...]
    drain: int
    cryptography: Suite
    smtp_url: str | None
    mail_from: str
    webhook_networks: tuple[str, ...]

    @property
    def embedded(self) -> bool:
        """Whether PostgreSQL and Valkey are ours to start and stop."""
        return self.database_url is None


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read every TIAOJIE_ variable of `environ`; raises SettingError for the first wrong one."""
    _refuse_unknown(environ)
    environ = {**environ, **_from_files(environ, "TIAOJIE_DATABASE_URL", "TIAOJIE_REDIS_URL", "TIAOJIE_SMTP_URL")}
    data = _folder(environ)
    host = environ.get("TIAOJIE_HOST", "127.0.0.1")
    port = _number(environ, "TIAOJIE_PORT", default=8000, least=1, most=65535)
    database_url, redis_url = _server_urls(environ)
    smtp_url, mail_from = _mail(environ)
    shown_host = f"[{host}]" if ":" in host else host
    return Settings(
        data=data,
        host=host,
        port=port,
        public_url=_public_url(environ, f"http://{shown_host}:{port}"),
        secret_file=_absolute(environ, "TIAOJIE_SECRET_FILE", data / "secret"),
        checkpoints=_absolute(environ, "TIAOJIE_CHECKPOINTS", data / "checkpoints"),
        database_url=database_url,
        redis_url=redis_url,
        seed_light=_number(environ, "TIAOJIE_SEED_LIGHT", default=20_000, least=0, most=10_000_000),
        seed_full=_number(environ, "TIAOJIE_SEED_FULL", default=300, least=0, most=1_000_000),
        log=_one_of(environ, "TIAOJIE_LOG", LOG_FORMS, "plain"),
        log_level=_one_of(environ, "TIAOJIE_LOG_LEVEL", LOG_LEVELS, "info"),
        metrics_host=environ.get("TIAOJIE_METRICS_HOST", "127.0.0.1"),
        metrics_port=_number(environ, "TIAOJIE_METRICS_PORT", default=0, least=0, most=65534),
        trusted_proxies=_networks(environ, "TIAOJIE_TRUSTED_PROXIES"),
        drain=_number(environ, "TIAOJIE_DRAIN", default=0, least=0, most=600),
        cryptography=Suite(_one_of(environ, "TIAOJIE_CRYPTOGRAPHY", tuple(Suite), Suite.INTERNATIONAL)),
        smtp_url=smtp_url,
        mail_from=mail_from,
        webhook_networks=_networks(environ, "TIAOJIE_WEBHOOK_NETWORKS"),
    )


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    """A misspelt name would otherwise be a default that nobody wanted."""
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in KNOWN:
            known = ", ".join(sorted(KNOWN))
            raise SettingError(name, f"没有这个设置；可用的有 {known}", f"there is no such setting; there are {known}")


def _from_files(environ: Mapping[str, str], *variables: str) -> dict[str, str]:
    """What stands in the file of `VARIABLE_FILE`, for addresses that hold a password: no process list shows it."""
    found = {}
    for variable in variables:
        if not (path := environ.get(f"{variable}_FILE")):
            continue
        if environ.get(variable):
            raise SettingError(f"{variable}_FILE", f"不能与 {variable} 同时设置", f"can't go together with {variable}")
        try:
            found[variable] = Path(path).read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingError(f"{variable}_FILE", f"无法读取 {path}", f"can't read {path}") from error
    return found


def _folder(environ: Mapping[str, str]) -> Path:
    """As root one that PostgreSQL's own user can reach; of a checkout its var/; of an installed wheel the user's."""
    if os.geteuid() == 0:
        default = Path("/var/lib/tiaojie") / hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:12]
    elif (CHECKOUT / "pyproject.toml").is_file():
        default = CHECKOUT / "var"
    else:
        default = Path.home() / ".local" / "share" / "tiaojie"
    return _absolute(environ, "TIAOJIE_DATA", default)


def _absolute(environ: Mapping[str, str], variable: str, default: Path) -> Path:
    value = environ.get(variable)
    if value is None:
        return default
    if not Path(value).is_absolute():
        raise SettingError(variable, "须为绝对路径，以 / 开头", "must be an absolute path, beginning with /")
    return Path(value)


def _number(environ: Mapping[str, str], variable: str, *, default: int, least: int, most: int) -> int:
    value = environ.get(variable, str(default))
    if not value.isdecimal() or not least <= int(value) <= most:
        raise SettingError(variable, f"须为 {least} 至 {most} 的整数", f"must be a whole number from {least} to {most}")
    return int(value)


def _one_of(environ: Mapping[str, str], variable: str, values: tuple[str, ...], default: str) -> str:
    value = environ.get(variable, default)
    if value not in values:
        listed = ", ".join(values)
        raise SettingError(variable, f"只能是 {listed} 之一", f"must be one of {listed}")
    return value


def _networks(environ: Mapping[str, str], variable: str) -> tuple[str, ...]:
    """Addresses and networks, by comma. All the world is none: then anybody could say who they are."""
    given = [part.strip() for part in environ.get(variable, "").split(",") if part.strip()]
    try:
        networks = [ipaddress.ip_network(part) for part in given]
    except ValueError:
        networks = []
    if len(networks) != len(given) or not all(network.prefixlen for network in networks):
        form = "10.0.3.0/24,192.0.2.7"
        raise SettingError(variable, f"格式应为 {form}", f"must have the form {form}")
    return tuple(str(network) for network in networks)


def _server_urls(environ: Mapping[str, str]) -> tuple[str | None, str | None]:
    database_url = environ.get("TIAOJIE_DATABASE_URL") or None
    redis_url = environ.get("TIAOJIE_REDIS_URL") or None
    if database_url is None and redis_url is None:
        return None, None
    _check_url("TIAOJIE_DATABASE_URL", database_url, ("postgresql",), "postgresql://user:password@host:5432/database")
    _check_url("TIAOJIE_REDIS_URL", redis_url, ("redis", "rediss", "unix"), "redis://:password@host:6379/0")
    return database_url, redis_url


def _mail(environ: Mapping[str, str]) -> tuple[str | None, str]:
    """The server and who writes; both or neither. Never repeats the address: it may hold a password."""
    url, sender = environ.get("TIAOJIE_SMTP_URL") or None, environ.get("TIAOJIE_MAIL_FROM", "")
    if url is not None or sender:
        form = "smtps://user:password@mail.example.cn:465"
        parts = _split(url or "")
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path not in ("", "/"):
            raise SettingError("TIAOJIE_SMTP_URL", f"格式应为 {form}", f"must have the form {form}")
        if not MAIL_ADDRESS.fullmatch(sender):
            form = "tiaojie@example.cn"
            raise SettingError("TIAOJIE_MAIL_FROM", f"格式应为 {form}", f"must have the form {form}")
    return url, sender


def _check_url(variable: str, value: str | None, schemes: tuple[str, ...], form: str) -> None:
    """Never repeats the value: it holds a password."""
    if value is None:
        raise SettingError(
            variable,
            f"两个服务器地址须同时设置，格式：{form}",
            f"both server addresses go together; form: {form}",
        )
    parts = _split(value)
    complete = bool(parts.path) if parts.scheme == "unix" else bool(parts.hostname or parts.query)
    if parts.scheme == "postgresql":
        complete = complete and bool(parts.username and parts.password) and len(parts.path) > 1
    if parts.scheme not in schemes or not complete:
        raise SettingError(variable, f"格式应为 {form}", f"must have the form {form}")


def _split(url: str) -> SplitResult:
    """Empty where the address has no readable host or port."""
    try:
        parts = urlsplit(url)
        return EMPTY if parts.port == 0 else parts
    except ValueError:
        return EMPTY


def _public_url(environ: Mapping[str, str], default: str) -> str:
    value = environ.get("TIAOJIE_PUBLIC_URL", default).rstrip("/")
    parts = _split(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        form = "https://mediation.example.cn"
        raise SettingError("TIAOJIE_PUBLIC_URL", f"格式应为 {form}", f"must have the form {form}")
    return value
