"""What a process is made of: opened once, closed with it."""

import os

from msgspec import Struct

from foundation import closing, suites
from foundation.attempts import Attempts
from foundation.cipher import Keyring, Sealed
from foundation.clock import Clock, SystemClock
from foundation.endpoints import Endpoints, endpoints
from foundation.files import FileStore
from foundation.key_file import KeyFile, create
from foundation.keyring import FIELDS, FILES
from foundation.secrets import Secret, load_secret
from foundation.settings import Settings, load_settings
from foundation.store import Store
from server.outside import reach_outside

AT_ONCE = 3
"""Of one web process: Python has two fifths of an act, so that there is always one at hand for it (decision 0060)."""


class Parts(Struct, frozen=True):
    """Settings, servers' addresses, the store of transactions, the store of files, public attempts, and the secret.

    `auditor` reads the audit and nothing else; it connects when an audit administrator asks for a proof.
    """

    settings: Settings
    addresses: Endpoints
    store: Store
    auditor: Store
    files: FileStore
    attempts: Attempts
    secret: Secret

    async def close(self) -> None:
        """Bounded, whatever the servers do."""
        await closing.close(store=self.store.close, auditor=self.auditor.close, attempts=self.attempts.close)


def parts_from_environment() -> Parts:
    """The parts of this deployment; raises SettingError."""
    settings = load_settings(os.environ)
    return make_parts(settings, endpoints(settings), SystemClock())


def use_field_keys(settings: Settings) -> Keyring:
    """Encrypted columns can be read from here on, and new ones are written by the suite of the settings."""
    suites.choose(settings.cryptography)
    ring = Keyring.following(key_file(settings).keys, FIELDS)
    Sealed.use(ring)
    return ring


def file_store(settings: Settings) -> FileStore:
    return FileStore.on_disk(settings.data / "files", Keyring.following(key_file(settings).keys, FILES))


def key_file(settings: Settings) -> KeyFile:
    """The deployment's key file, which is made when it does not exist."""
    if not settings.secret_file.exists():
        create(settings.secret_file)
    return KeyFile(settings.secret_file)


def make_parts(settings: Settings, addresses: Endpoints, clock: Clock) -> Parts:
    """Nothing is connected yet; encrypted columns can be read from here on."""
    use_field_keys(settings)
    reach_outside(settings, clock)
    return Parts(
        settings,
        addresses,
        Store(addresses.app, clock, at_once=AT_ONCE),
        Store(addresses.auditor, clock, pool_size=1),
        file_store(settings),
        Attempts(addresses.redis),
        load_secret(settings.secret_file),
    )
