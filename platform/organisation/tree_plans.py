"""A plan that changes the tree on a day: what it does, line by line, and whose word it has (decision 0039)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.language import N_
from foundation.model import Base


class Operation(Choice):
    CREATE = "create", N_("新设")
    RENAME = "rename", N_("更名")
    RECODE = "recode", N_("换码")
    MOVE = "move", N_("改隶")
    SPLIT = "split", N_("分设")
    MERGE = "merge", N_("并入")
    CLOSE = "close", N_("撤销")


class PlanState(Choice):
    DRAFTED = "drafted", N_("待批准")
    APPROVED = "approved", N_("已批准，待生效")
    RUNNING = "running", N_("执行中")
    DONE = "done", N_("已执行")
    REFUSED = "refused", N_("未获批准")
    WITHDRAWN = "withdrawn", N_("已撤回")


OPEN = (PlanState.DRAFTED, PlanState.APPROVED, PlanState.RUNNING)
"""No two plans in these states touch the same tenant."""
WAITING = (PlanState.DRAFTED, PlanState.APPROVED)
"""Until it has begun, a plan may be withdrawn or refused."""
APPROVERS = 2
"""Persons other than who drafted it (decisions.md 19)."""


class TreePlan(Base):
    """`tenant_id` stands above all that it touches: its administrators, and those above, draft and approve."""

    __tablename__ = "tree_plans"
    __table_args__ = (Index("ix_tree_plans_state", "state", "effective_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(server_default="1")
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    effective_on: Mapped[date]
    ground: Mapped[str] = mapped_column(comment="the document that orders it, by name and number")
    state: Mapped[str]
    drafted_by: Mapped[UUID] = mapped_column(comment="a person, also where the command line drafts for one")
    recorded_at: Mapped[datetime]
    ended_by: Mapped[UUID | None] = mapped_column(comment="who withdrew or refused it")
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(comment="of a refusal or a withdrawal")
    began_at: Mapped[datetime | None] = mapped_column(comment="when the tree itself changed")
    done_at: Mapped[datetime | None] = mapped_column(comment="when the last case had followed")
    cases_done: Mapped[int] = mapped_column(server_default="0")
    fault: Mapped[dict[str, Any] | None] = mapped_column(comment="why the last try to begin failed: fields and rules")


class TreeChange(Base):
    """One line. Units are named by their codes, as the papers do, so that a line may speak of what an earlier makes."""

    __tablename__ = "tree_changes"
    __table_args__ = (Index("ix_tree_changes_tenant", "tenant_id"),)

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("tree_plans.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    operation: Mapped[str]
    code: Mapped[str] = mapped_column(comment="of the unit that is changed, or made by create")
    name: Mapped[str | None] = mapped_column(comment="new name: create, rename, split")
    kind: Mapped[str | None] = mapped_column(comment="of the place: 县 市 镇 …, or zone: create, rename, split")
    new_code: Mapped[str | None] = mapped_column(comment="recode; of the new unit: split")
    parent_code: Mapped[str | None] = mapped_column(comment="create, move")
    into_code: Mapped[str | None] = mapped_column(comment="merge: who takes its place")
    members: Mapped[list[str]] = mapped_column(
        ARRAY(String), server_default=text("'{}'"), comment="split: codes of the units below that go along"
    )
    contact: Mapped[str | None] = mapped_column(comment="of who answers then, for the parties' notice (个保法22)")
    tenant_id: Mapped[int | None] = mapped_column(
        ForeignKey("tenants.id"), comment="whom the line is about; of a new unit: since it is made"
    )
    named: Mapped[dict[str, Any] | None] = mapped_column(comment="which units its codes meant at drafting: ids")
    effect: Mapped[dict[str, Any] | None] = mapped_column(comment="what it did: ids and codes before and after")


class TreeWord(Base):
    """One person's word on a plan: two that approve let it begin, one that refuses ends it."""

    __tablename__ = "tree_words"

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("tree_plans.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    post_id: Mapped[UUID | None]
    approves: Mapped[bool]
    recorded_at: Mapped[datetime]


class TreeQueue(Base):
    """A case that a running plan has still to bring along; gone in the transaction that does.

    Without foreign keys: standing in a queue locks no case.
    """

    __tablename__ = "tree_queue"
    __table_args__ = (Index("ix_tree_queue_way", "plan_id", "way", "case_id"),)

    plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    way: Mapped[str] = mapped_column(comment="codes of Way")
    failed_at: Mapped[datetime | None]
    failure: Mapped[dict[str, Any] | None] = mapped_column(comment="why it could not go yet: message and params")


class Way(Choice):
    """How a case comes along with the tree."""

    FOLLOW = "follow", N_("随迁")
    """Its office stays its office; what stands above the office is another."""
    SUCCEED = "succeed", N_("由继任机构承办")
    """Its office is no more, or the part where the dispute lies has gone: custody passes to a successor."""
    ARCHIVE = "archive", N_("归继任机构保管")
    """It has ended, and a tenant in its columns is no more: the successor keeps what that one kept."""
