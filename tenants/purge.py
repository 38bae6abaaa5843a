"""What signing in leaves behind, removed when it is of no use any more; who signed in when stands in the audit."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tenants.sessions import IDLE

LINKS_KEPT = timedelta(days=30)
"""Invitations, used or ended."""

PURGE = text("select purge_sign_ins(:now, :idle, :kept)")


async def purge(connection: AsyncConnection, now: datetime) -> int:
    """Ended sessions, second steps nobody took, old invitations; on the relay's role. Returns how many rows."""
    return await connection.scalar(PURGE, {"now": now, "idle": IDLE, "kept": LINKS_KEPT}) or 0
