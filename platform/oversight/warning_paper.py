"""What the petitioner is shown of a warning: who was warned, in the words they read, and until when these stand."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cases.papers import Group, PaperKind
from foundation.clock import local_date
from foundation.language import N_
from oversight.models import CaseWarning
from oversight.warning_form import WarningForm
from tenants import names

WARNING = PaperKind("warning", N_("预警通知"), Group.FINAL, form=WarningForm)


POLICE = "公安机关"


async def shown(session: AsyncSession, warning: CaseWarning) -> dict[str, Any]:
    offices = await names.offices(session, [warning.receiver_office_id])
    told = [*offices.values(), *([POLICE] if warning.police else [])]
    return {
        "help_needed": f"{'、'.join(told)}：{warning.help_needed}",
        "ends_on": str(local_date(warning.ends_at)),
        "police": warning.police,
    }
