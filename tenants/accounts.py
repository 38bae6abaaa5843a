"""Accounts, sessions, second factors and invitations: how a person signs in. Everything here is one person's own."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from foundation.cipher import Sealed
from foundation.model import Base


class Account(Base):
    """One per person. `password_hash` null = waits for an invitation (decisions.md 28)."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), unique=True)
    login: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None] = mapped_column(deferred=True, comment="read by a definer function only")
    language: Mapped[str] = mapped_column(default="zh", comment="zh | en")
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]


class SignIn(Base):
    """A session: in the database, so that it survives the loss of Redis. The cookie's token is stored hashed."""

    __tablename__ = "sign_ins"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("posts.id"))
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    second_factor_at: Mapped[datetime | None] = mapped_column(comment="null = only the password was shown")


class PendingSignIn(Base):
    """The password was right, the second step is due: good for nothing else. The token is stored hashed, used once."""

    __tablename__ = "pending_sign_ins"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    offered: Mapped[str | None] = mapped_column(
        Sealed("pending_sign_ins.offered"), comment="secret to enrol; null = a second factor exists and is asked for"
    )
    ends_at: Mapped[datetime]


class SecondFactor(Base):
    """The secret of a person's authenticator (RFC 6238). No row = none enrolled."""

    __tablename__ = "second_factors"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(Sealed("second_factors.secret"))
    last_step: Mapped[int] = mapped_column(BigInteger, comment="the last time step accepted: no code works twice")
    enrolled_at: Mapped[datetime]


class RecoveryCode(Base):
    """One of ten codes for a lost authenticator; stored hashed with Argon2id, works once."""

    __tablename__ = "recovery_codes"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    used_at: Mapped[datetime | None]


class Invitation(Base):
    """A link by which a person sets the first password; its token is stored hashed and works once."""

    __tablename__ = "invitations"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
