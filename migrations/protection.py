"""Row-level security as the migrations apply it: the same few shapes for every table.

The application's role sees nothing by default; the owner's role is subject to policies too (FORCE) and has its own.
"""

from alembic import op

APP = "tiaojie_app"
OWNER = "tiaojie_owner"


def script(sql: str) -> None:
    """Several statements in one text, which a prepared statement can't hold; in the migration's own transaction."""
    op.execute("select 1")  # opens the transaction if this is its first statement
    connection = op.get_bind().connection.dbapi_connection
    connection.run_async(lambda driver: driver.execute(sql))  # type: ignore[union-attr]  # the async adapter has it


def lock(table: str, grants: str = "select, insert, update") -> None:
    """Row-level security on, for the owner too; the application may do what `grants` says, where a policy lets it."""
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy owner_all on {table} to current_user using (true) with check (true)")
    if grants:
        op.execute(f"grant {grants} on {table} to {APP}")


def protect_child(table: str, grants: str = "select, insert, update") -> None:
    """A table of a case: seen with full sight of the case at the row's time, written where the case shows."""
    lock(table, grants)
    op.execute(
        f"create policy app_read on {table} for select to {APP}"
        f" using ((select case_sight({table}.case_id, {table}.recorded_at)))"
    )
    op.execute(f"create policy app_insert on {table} for insert to {APP} with check ((select case_shows(case_id)))")
    op.execute(
        f"create policy app_update on {table} for update to {APP}"
        f" using ((select case_shows(case_id))) with check ((select case_shows(case_id)))"
    )


def protect_tenant(table: str, grants: str = "select, insert, update") -> None:
    """A table with `tenant_id`: seen and written by that tenant and those above it."""
    lock(table, grants)
    test = f"(select tenant_below({table}.tenant_id))"
    op.execute(f"create policy app_all on {table} to {APP} using ({test}) with check ({test})")


def open_to_all(table: str, grants: str = "select") -> None:
    """A table every signed-in person may read, such as names of tenants or a dictionary."""
    lock(table, grants)
    op.execute(
        f"create policy app_read on {table} for select to {APP}"
        " using ((select scope_tenant()) is not null or (select scope_person()) is not null)"
    )
