"""Agents, guardians, units: who acts for whom and in what part."""

revision = "0029_parties"
down_revision = "0028_interview"


def upgrade() -> None:
    """Nothing yet."""
