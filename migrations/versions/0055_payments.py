"""Payments: accounts of payees, the bank's form, batches with their lines, looks at a clear number."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.protection import APP, lock, protect_tenant, script

revision = "0055_payments"
down_revision = "0054_duty"

OWN = "person_id = (select scope_person())"


def upgrade() -> None:
    _payee_accounts()
    _payment_forms()
    _payment_batches()
    _payment_lines()
    _account_reveals()
    for table in ("payment_batches", "payment_lines"):
        protect_tenant(table)
    for table in ("payment_forms", "account_reveals"):
        protect_tenant(table, "select, insert")
    op.execute(f"create policy app_own on account_reveals for select to {APP} using ({OWN})")
    lock("payee_accounts", "select, insert")
    script(ACCOUNTS)


ACCOUNTS = f"""
create policy app_own on payee_accounts for select to {APP} using ({OWN});
-- Of a person of another tenant only the account of a line that is paid here.
create policy app_read on payee_accounts for select to {APP}
    using (person_below(person_id) or exists (select from payment_lines l where l.account_id = payee_accounts.id));
create policy app_insert on payee_accounts for insert to {APP} with check ({OWN} or person_below(person_id));

-- Definer: also of a person lent by another tenant; an id tells nothing.
create function account_of(p_person uuid) returns uuid
language sql stable security definer set search_path = public, pg_temp as
$$ select a.id from payee_accounts a where a.person_id = p_person order by a.recorded_at desc, a.id desc limit 1 $$;

revoke all on function account_of from public;
grant execute on function account_of to {APP};

-- What a merged tenant leaves is its successor's to approve, to pay and to reconcile: roster, days, batches. What is
-- paid stays in the books of then; the budget of what is not goes with budget_merge.
create function duty_merge(p_from int, p_to int) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    update duty_shifts set tenant_id = p_to where tenant_id = p_from;
    update duty_swaps set tenant_id = p_to where tenant_id = p_from;
    update duty_attendances set tenant_id = p_to where tenant_id = p_from;
    update duty_sheets set tenant_id = p_to where tenant_id = p_from;
    update duty_days set tenant_id = p_to where tenant_id = p_from;
    update duty_pays set tenant_id = p_to where tenant_id = p_from;
    update duty_pays set budget_tenant_id = p_to where budget_tenant_id = p_from and status = 'approved';
    update payment_batches set tenant_id = p_to where tenant_id = p_from;
    update payment_lines set tenant_id = p_to where tenant_id = p_from;
end
$$;

revoke all on function duty_merge from public;
"""


def _payee_accounts() -> None:
    op.create_table(
        "payee_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False, comment="the branch, as the bank's form wants it"),
        sa.Column("bank_code", sa.String(), nullable=True, comment="the branch's twelve digits"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_payee_accounts_person_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["persons.id"], name=op.f("fk_payee_accounts_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payee_accounts")),
    )
    op.create_index("ix_payee_accounts_person", "payee_accounts", ["person_id", "recorded_at", "id"], unique=False)


def _payment_forms() -> None:
    op.create_table(
        "payment_forms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("form", JSONB(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_payment_forms_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_forms")),
    )
    op.create_index("ix_payment_forms_tenant", "payment_forms", ["tenant_id", "recorded_at"], unique=False)


def _payment_batches() -> None:
    op.create_table(
        "payment_batches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False, comment="whose cashier made it"),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False, comment="code of BatchState"),
        sa.Column("form", JSONB(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.String(), nullable=True, comment="SHA-256 of the file that was sent last"),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True, comment="when the last answer came in"),
        sa.ForeignKeyConstraint(["made_by"], ["persons.id"], name=op.f("fk_payment_batches_made_by")),
        sa.ForeignKeyConstraint(["sent_by"], ["persons.id"], name=op.f("fk_payment_batches_sent_by")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_payment_batches_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_batches")),
        sa.UniqueConstraint("number", name=op.f("uq_payment_batches_number")),
    )
    op.create_index("ix_payment_batches_tenant", "payment_batches", ["tenant_id", "made_at"], unique=False)


def _payment_lines() -> None:
    op.create_table(
        "payment_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False, comment="of the batch"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False, comment="ours: the bank's answer repeats it"),
        sa.Column("ground", sa.String(), nullable=False, comment="code of purposes.Ground"),
        sa.Column("ground_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False, comment="code of LineState"),
        sa.Column("voucher_no", sa.String(), nullable=True, comment="the bank's, or our reference"),
        sa.Column("reason", sa.LargeBinary(), nullable=True, comment="as the bank put it"),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["payee_accounts.id"], name=op.f("fk_payment_lines_account_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["payment_batches.id"], name=op.f("fk_payment_lines_batch_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_payment_lines_person_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_payment_lines_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_lines")),
        sa.UniqueConstraint("batch_id", "position", name=op.f("uq_payment_lines_batch_id_position")),
        sa.UniqueConstraint("reference", name=op.f("uq_payment_lines_reference")),
    )
    op.create_index("ix_payment_lines_person", "payment_lines", ["person_id"], unique=False)
    op.create_index(
        "uq_payment_lines_live",
        "payment_lines",
        ["ground", "ground_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )


def _account_reveals() -> None:
    op.create_table(
        "account_reveals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False, comment="of who looked"),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="whose account"),
        sa.Column("seen_by", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True, comment="for whose file; null = a look with a reason"),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["payee_accounts.id"], name=op.f("fk_account_reveals_account_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["payment_batches.id"], name=op.f("fk_account_reveals_batch_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_account_reveals_office_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_account_reveals_person_id")),
        sa.ForeignKeyConstraint(["seen_by"], ["persons.id"], name=op.f("fk_account_reveals_seen_by")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_account_reveals_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_reveals")),
    )
    op.create_index("ix_account_reveals_person", "account_reveals", ["person_id", "recorded_at"], unique=False)
