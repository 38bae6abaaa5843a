"""Signed in, but not yet acting in a post."""

from foundation.errors import DomainError
from foundation.language import N_


class PostNotChosen(DomainError):
    code = "post_not_chosen"
    status = 403
    message = N_("请先选择以哪个岗位办理")
