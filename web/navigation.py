"""What the header offers: the pages that this post may open."""

from foundation.language import N_
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject

PAGES: tuple[tuple[str, str, Action | None], ...] = (
    ("/desk", N_("我的工作台"), None),
    ("/cases", N_("案件"), Action.CASE_STATUS),
    ("/cases/new", N_("接谈登记"), Action.CASE_REGISTER),
    ("/handovers", N_("移交收件箱"), Action.HANDOVER_PREVIEW),
    ("/tree", N_("组织"), None),
    ("/overview", N_("概览"), Action.STATS_READ),
    ("/admin/", N_("后台管理"), Action.DICTIONARY_MANAGE),
)
ANY_RELATION = tuple(Relation)


def navigation(subject: Subject) -> list[tuple[str, str]]:
    """(address, msgid) in the order of the work."""
    return [
        (address, label)
        for address, label, action in PAGES
        if action is None or gate.may(subject, action, *ANY_RELATION)
    ]
