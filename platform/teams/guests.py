"""Invited persons from outside the team (人民调解法 20): each comes with the consent of both sides, asked first."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from msgspec import Meta, Struct

from foundation.choice import Choice
from foundation.errors import FieldError
from foundation.language import N_


class GuestKind(Choice):
    RELATIVE = "relative", N_("亲属")
    NEIGHBOUR = "neighbour", N_("邻里、同事")
    VOLUNTEER = "volunteer", N_("志愿者、乡贤")
    ORGANISATION = "organisation", N_("社会组织")
    DEPUTY = "deputy", N_("人大代表、政协委员")
    EXPERT = "expert", N_("有专门知识、特定经验的人员")
    EMPLOYER = "employer", N_("用人单位")
    OFFICIAL = "official", N_("机关工作人员、警察、法官、检察官")


class GuestRow(Struct, frozen=True, kw_only=True):
    name: Annotated[str, Meta(title=N_("姓名"), min_length=1, max_length=80)]
    kind: Annotated[GuestKind, Meta(title=N_("身份"))]
    consented: Annotated[bool, Meta(title=N_("双方当事人同意其参加"))] = False


def uninvited(guests: Sequence[GuestRow]) -> Iterator[FieldError]:
    """One error for each who comes without consent."""
    for index, guest in enumerate(guests):
        if not guest.consented:
            yield FieldError(f"guests.{index}.consented", "not_consented", N_("未经双方同意，不得邀请其参加"))
