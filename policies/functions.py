"""The nine functions of a workroom (六(一)), each a right of its own (obligation 32)."""

from foundation.language import N_
from policies.actions import Action

NINE_FUNCTIONS: dict[str, Action] = {
    N_("接访"): Action.CASE_REGISTER,
    N_("受理"): Action.CASE_ACCEPT,
    N_("审查"): Action.CASE_ASSESS,
    N_("报批"): Action.CASE_APPROVE_REGISTRATION,
    N_("指派"): Action.CASE_ASSIGN,
    N_("指导"): Action.CASE_GUIDE,
    N_("监督"): Action.CASE_SUPERVISE,
    N_("结案"): Action.CASE_CLOSE,
    N_("归档"): Action.DOSSIER_ARCHIVE,
}
"""Term of the plan -> action. Auxiliary staff hold none of them (31a); the invariants of the rules say so."""
