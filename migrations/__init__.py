"""The one schema, made by alembic."""
