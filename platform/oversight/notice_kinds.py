"""What a notice is about. Its words, its routing and its urgency are data of the kind."""

from foundation.choice import Choice
from foundation.language import N_


class NoticeKind(Choice):
    """The label is the first line that its reader sees; it never holds anything personal."""

    CASE_CHANGED = "case_changed", N_("案件有新进展")
