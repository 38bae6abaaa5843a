"""Who asks: one person acting in one post of one office, or a named system subject, or a petitioner by code."""

from uuid import UUID

from msgspec import Struct

from foundation.store import Scope
from tenants.roles import WITHOUT_CASES


class Subject(Struct, frozen=True):
    """Everything the gate needs to know of the asker; made at sign-in, never from the request's body."""

    person_id: UUID
    role: str
    tier: str
    tenant_id: int | None
    office_id: int | None
    office_kind: str | None
    post_id: UUID | None = None
    account_id: UUID | None = None
    name: str = ""
    system: str | None = None
    """Name of a system subject such as `system.deadlines`; it can't sign in."""
    second_factor: bool = False
    """Whether the session passed one."""
    token_id: UUID | None = None
    """The program's token that speaks for the person; None = a session."""
    scopes: frozenset[str] = frozenset()
    """What that token may be used for (`tenants.tokens.TokenScope`)."""

    @property
    def scope(self) -> Scope:
        """Without a post (none chosen yet, or ended) there is no case scope either."""
        return Scope(self.tenant_id, self.person_id, self.role not in WITHOUT_CASES, self.token_id)

    @property
    def actor(self) -> str:
        """As the audit names it."""
        return self.system or str(self.person_id)
