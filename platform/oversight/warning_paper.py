"""What the petitioner is shown of a warning: the same words that the receivers read, and until when they stand."""

from typing import Any

from cases.papers import Group, PaperKind
from foundation.clock import local_date
from foundation.language import N_
from oversight.models import CaseWarning
from oversight.warning_form import WarningForm

WARNING = PaperKind("warning", N_("预警通知"), Group.FINAL, form=WarningForm)


def shown(warning: CaseWarning) -> dict[str, Any]:
    return {
        "help_needed": warning.help_needed,
        "ends_on": str(local_date(warning.ends_at)),
        "police": warning.police,
    }
