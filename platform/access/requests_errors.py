"""What stands in the way of a decision on sight that was asked for. Each leaves everything as it was."""

from foundation.errors import Conflict
from foundation.language import N_


class NotTierAbove(Conflict):
    code = "not_tier_above"
    message = N_("查阅申请由承办单位的上一级审查")


class NothingAsked(Conflict):
    code = "no_access_request"
    message = N_("本案没有这样的查阅申请")


class RequestLapsed(Conflict):
    code = "access_request_lapsed"
    message = N_("查阅申请已过决定期限，自动失效")


class AlreadyDecided(Conflict):
    code = "access_already_decided"
    message = N_("这份查阅申请已经有决定")


class OwnRequest(Conflict):
    """Persons are compared, whatever their posts."""

    code = "own_access_request"
    message = N_("本人的查阅申请须由他人决定和复核")


class AskerRemoved(Conflict):
    """Refusal 1: no emergency opens a case to whom it complains of, or who was excluded."""

    code = "asker_removed"
    message = N_("申请人或其单位与本案有利害关系或已回避，不得查阅")


class AlreadyEnded(Conflict):
    code = "access_already_ended"
    message = N_("这项查阅授权已经终止")


class StillRuns(Conflict):
    code = "access_still_runs"
    message = N_("查阅授权尚未终止，终止后再复核")


class AlreadyReviewed(Conflict):
    code = "access_already_reviewed"
    message = N_("这次查阅已经复核")
