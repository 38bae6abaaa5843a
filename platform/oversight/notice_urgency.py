"""Which kinds of notice can't wait for a digest, and which not even for the end of the night."""

from oversight.notice_kinds import NoticeKind

SAFETY = frozenset({NoticeKind.WARNING_RECEIVED, NoticeKind.BREACH_REPORTED})
"""Somebody may come to harm, or personal data is out: these pass quiet hours."""
URGENT = SAFETY | {
    NoticeKind.HANDOVER_OFFERED,
    NoticeKind.HOLDER_NAMED,
    NoticeKind.DISPUTE_ESCALATED,
    NoticeKind.CONFLICT_DECLARED,
    NoticeKind.COMPLAINT_FILED,
    NoticeKind.ORDER_CHANGED,
    NoticeKind.WARNING_UNRECEIPTED,
    NoticeKind.MASS_DISPUTE,
    NoticeKind.TERM_OVERDUE,
    NoticeKind.ORDER_OVERDUE,
    NoticeKind.ANSWER_OVERDUE,
}
"""A term runs for whoever gets it."""
