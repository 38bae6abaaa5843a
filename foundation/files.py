"""Files of a case: believed only by their content, hashed, encrypted, and kept outside the database.

The row is the file's only name; the object's key is the row's id, so nothing a user sent ever becomes a path.
"""

import asyncio
from datetime import datetime
from pathlib import Path
from uuid import UUID

import obstore
from cryptography.exceptions import InvalidTag
from obstore.store import LocalStore, ObjectStore
from sqlalchemy import ForeignKey, LargeBinary, event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, Session, mapped_column

from foundation.cipher import Keyring, Sealed
from foundation.digests import digest, matches
from foundation.errors import DomainError, NotFound
from foundation.file_kinds import media_type
from foundation.file_names import clean_name
from foundation.ids import new_id
from foundation.keyring import HEADER
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant

LARGEST = 20 * 1024 * 1024
"""Bytes, of the plain file."""


class FileTooLarge(DomainError):
    code = "file_too_large"
    status = 413
    message = N_("文件超过 20 MB，请压缩或分开上传")


class FileAltered(DomainError):
    """What lies in the store is not what was put there; nothing of it is shown."""

    code = "file_altered"
    status = 500
    message = N_("文件校验不符，可能已被改动，请联系系统管理员")


class StoredFile(Base):
    """What is known of a file; `name` is sealed, because people put names of people into names of files."""

    __tablename__ = "stored_files"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    name: Mapped[str] = mapped_column(Sealed("stored_files.name"))
    media_type: Mapped[str] = mapped_column(comment="application/pdf | image/jpeg | image/png, decided by content")
    size: Mapped[int] = mapped_column(comment="bytes of the plain file")
    sha256: Mapped[bytes] = mapped_column(LargeBinary, comment="of the plain file")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class FileStore:
    """Keeps files in an object store: a folder here, S3 elsewhere."""

    def __init__(self, objects: ObjectStore, keyring: Keyring) -> None:
        self.objects = objects
        self.keyring = keyring

    @classmethod
    def on_disk(cls, folder: Path, keyring: Keyring) -> "FileStore":
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cls(LocalStore(prefix=folder), keyring)

    async def keep(
        self, session: AsyncSession, *, case_id: UUID, recorded_by: UUID, name: str, content: bytes
    ) -> StoredFile:
        """Check, encrypt and store one file; the row goes with the transaction.

        Raises FileTooLarge, FileKindRefused, FileNameRefused. The object is written first and removed when the
        transaction fails; a process that dies in between leaves an object without a row, which nobody can name.
        """
        if len(content) > LARGEST:
            raise FileTooLarge
        kind = await asyncio.to_thread(media_type, content)
        now = instant(session)
        row = StoredFile(
            id=new_id(now),
            case_id=case_id,
            name=clean_name(name, kind),
            media_type=kind,
            size=len(content),
            sha256=digest(content),
            recorded_at=now,
            recorded_by=recorded_by,
        )
        sealed = await asyncio.to_thread(self.keyring.seal, content, purpose_of(row.id))
        await obstore.put_async(self.objects, key_of(row.id), sealed)
        self._gone_with(session, row.id)
        session.add(row)
        await session.flush()
        return row

    def _gone_with(self, session: AsyncSession, file_id: UUID) -> None:
        """Remove the object when the transaction is rolled back."""

        def remove(_: Session) -> None:
            obstore.delete(self.objects, key_of(file_id))

        event.listen(session.sync_session, "after_rollback", remove, once=True)

    async def read(self, row: StoredFile) -> bytes:
        """The plain file; raises FileAltered when it is not the one that was stored."""
        return await asyncio.to_thread(self._read, row)

    def _read(self, row: StoredFile) -> bytes:
        try:
            sealed = obstore.get(self.objects, key_of(row.id)).bytes().to_bytes()
            content = self.keyring.open(sealed, purpose_of(row.id))
        except (InvalidTag, FileNotFoundError, KeyError) as error:
            raise FileAltered from error
        if not matches(row.sha256, content):
            raise FileAltered
        return content

    async def header(self, file_id: UUID) -> bytes | None:
        """What names the key and suite that sealed the file; None when there is no such object."""
        try:
            found = await obstore.get_range_async(self.objects, key_of(file_id), start=0, end=HEADER)
        except FileNotFoundError:
            return None
        return found.to_bytes()

    async def seal_anew(self, file_id: UUID) -> None:
        """Under the current key. Raises InvalidTag, before anything is written, when it is not what was stored."""
        found = await obstore.get_async(self.objects, key_of(file_id))
        sealed = (await found.bytes_async()).to_bytes()
        plain = await asyncio.to_thread(self.keyring.open, sealed, purpose_of(file_id))
        again = await asyncio.to_thread(self.keyring.seal, plain, purpose_of(file_id))
        await obstore.put_async(self.objects, key_of(file_id), again)


async def of_case(session: AsyncSession, case_id: UUID, file_id: UUID) -> StoredFile:
    """The file of this case, or `NotFound`: a file's id of another case is no file here."""
    row = await session.get(StoredFile, file_id)
    if row is None or row.case_id != case_id:
        raise NotFound
    return row


def purpose_of(file_id: UUID) -> str:
    """Binds the ciphertext to its row: objects can't be exchanged for one another."""
    return f"stored_files:{file_id}"


def key_of(file_id: UUID) -> str:
    """The first folder comes from the random end of a UUIDv7: its beginning is the same for a whole day."""
    return f"{file_id.hex[-2:]}/{file_id}"
