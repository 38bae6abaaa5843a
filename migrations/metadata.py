"""Every table of the one schema: each room's models are imported here, so that alembic sees them."""

from foundation.model import Base

metadata = Base.metadata
