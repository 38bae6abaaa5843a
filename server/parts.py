"""What a process is made of: opened once, closed with it."""

import os
from pathlib import Path

from msgspec import Struct

from foundation.attempts import Attempts
from foundation.cipher import Keyring, Sealed
from foundation.clock import Clock, SystemClock
from foundation.endpoints import Endpoints, endpoints
from foundation.files import FileStore
from foundation.secrets import Secret, load_secret
from foundation.settings import Settings, load_settings
from foundation.store import Store

KEY_ID = 1


class Parts(Struct, frozen=True):
    """Settings, servers' addresses, the store of transactions, the store of files, public attempts, and the secret."""

    settings: Settings
    addresses: Endpoints
    store: Store
    files: FileStore
    attempts: Attempts
    secret: Secret

    async def close(self) -> None:
        await self.store.close()
        await self.attempts.close()


def parts_from_environment() -> Parts:
    """The parts of this deployment; raises SettingError."""
    settings = load_settings(os.environ)
    return make_parts(settings, endpoints(settings), SystemClock())


def use_field_keys(settings: Settings) -> None:
    """For what works without a Parts: encrypted columns can be read from here on."""
    Sealed.use(keyring(load_secret(settings.secret_file).field_encryption))


def make_parts(settings: Settings, addresses: Endpoints, clock: Clock) -> Parts:
    """Nothing is connected yet; encrypted columns can be read from here on."""
    secret = load_secret(settings.secret_file)
    Sealed.use(keyring(secret.field_encryption))
    files = FileStore.on_disk(Path(settings.data) / "files", keyring(secret.file_encryption))
    return Parts(settings, addresses, Store(addresses.app, clock), files, Attempts(addresses.redis), secret)


def keyring(key: bytes) -> Keyring:
    return Keyring({KEY_ID: key}, KEY_ID)
