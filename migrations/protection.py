"""Row-level security as the migrations apply it: the same few shapes for every table.

The application's role sees nothing by default; the owner's role is subject to policies too (FORCE) and has its own.
"""

from alembic import op

APP = "tiaojie_app"
OWNER = "tiaojie_owner"

PREVIEW = ("offered", "sent", "pays", "serves", "warned", "self", "respondent")
"""Relations that show the case itself, and no more of its records than a policy of its own allows."""
NEGATIVE = ("excluded", "complained_of")
"""Relations that only take away."""

MINE = "(r.tenant_id = (select case_tenant()) or r.person_id = (select case_person()))"
"""The row `r` of case_relations names the session's tenant or person."""
IN_FORCE = "r.until > (select scope_now()) and r.since <= (select scope_now())"


def words(relations: tuple[str, ...]) -> str:
    """As a list in SQL."""
    return ", ".join(f"'{relation}'" for relation in relations)


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
    """A table of a case: read with full sight of the case at the row's time, written where the case shows."""
    lock(table, grants)
    sight, shows = full_sight(f"{table}.case_id", f"{table}.recorded_at"), "(select case_shows(case_id))"
    op.execute(f"create policy app_read on {table} for select to {APP} using ({sight})")
    op.execute(f"create policy app_insert on {table} for insert to {APP} with check ({shows})")
    op.execute(f"create policy app_update on {table} for update to {APP} using ({shows}) with check ({shows})")


def full_sight(case: str, recorded_at: str) -> str:
    """By custody, or by a relation that is more than a preview; a former holder's ends at the handover.

    Both texts name a column or a parameter: the case's id, and when the row was written.
    """
    return f"""
exists (select from cases c where c.id = {case} and (
    (select case_tenant()) in (c.province_id, c.prefecture_id, c.county_id, c.township_id)
    or exists (select from case_relations r where r.case_id = c.id and {MINE} and {IN_FORCE}
        and (r.relation not in ({words((*PREVIEW, *NEGATIVE))})
             or (r.relation = 'sent' and {recorded_at} < r.since)))))
"""


def open_to_party(table: str, condition: str, relation: str = "self") -> None:
    """A party's own page: rows of a case's table that `condition` names, to the party whose page it is.

    `relation`: self (a petitioner) or respondent (the other side, once it has consented). `case_person()` in the
    condition is the party's id.
    """
    op.execute(
        f"create policy app_{relation} on {table} for select to {APP} using (({condition}) and exists ("
        f" select from cases c join case_relations r on r.case_id = c.id where c.id = {table}.case_id"
        f" and r.person_id = (select case_person()) and {IN_FORCE} and r.relation = '{relation}'))"
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
