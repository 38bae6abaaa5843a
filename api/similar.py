"""Hints from disputes of the same type, beside a case."""

from api.case_part import Reader, part
from foundation.language import N_
from indicators.similar import Similar, similar
from policies.actions import Action


async def _similar(reader: Reader) -> Similar:
    reader.require(Action.CASE_READ)
    return await similar(reader.session, reader.case)


ENDPOINTS = (part("similar", N_("同类纠纷参考：结果和用时的计数，不涉及任何个人，仅供参考"), Similar, _similar),)
