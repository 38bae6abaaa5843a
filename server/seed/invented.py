"""What fictitious cases are about. People, companies and words are invented; nothing is taken from a real case."""

from datetime import datetime
from itertools import accumulate
from random import Random
from uuid import UUID

from cases.registration_form import Source
from cases.suitability import Nature
from organisation.fictitious import fictitious_name

SHARES = {1: 9, 2: 12, 3: 10, 4: 12, 5: 4, 6: 9, 7: 13, 8: 7, 9: 3, 10: 7, 11: 4, 14: 2, 15: 2, 16: 3, 17: 2, 18: 1}
"""Dispute types of the dictionary, in per cent."""
TYPES, TYPE_SHARES = tuple(SHARES), tuple(accumulate(SHARES.values()))
SOURCE_SHARES = {
    Source.APPLICATION: 62,
    Source.SCREENING: 14,
    Source.PETITION_OFFICE: 12,
    Source.UNIT: 4,
    Source.DEPARTMENT: 4,
    Source.LEADER: 2,
    Source.JOINT_CONFERENCE: 2,
}
SOURCES, SOURCE_WEIGHTS = tuple(SOURCE_SHARES), tuple(accumulate(SOURCE_SHARES.values()))
FAMILY, WORK, LAND = frozenset({1}), frozenset({4, 5, 10, 11, 12, 13, 14, 17}), frozenset({7, 8})
AGAINST_UNIT = frozenset({5, 8, 9, 10, 11, 14, 15, 17})
"""Types in which the other side is a company or another unit."""
CLAIMS = {
    Nature.FAMILY: "要求就赡养、财产分割达成一致",
    Nature.CONTRACT: "要求支付拖欠的款项",
    Nature.LAND_USE: "要求支付临时用地租金和青苗补偿",
    Nature.PROPERTY: "要求停止占用，恢复宅基地界址",
    Nature.INJURY: "要求修复损坏的房屋并赔偿损失",
}
STEMS = ("云岭", "滇峰", "金沙", "洱源", "苍山", "红河谷", "澜沧", "普照", "白水", "元江")
BRANCHES = ("建设有限公司", "路桥工程有限公司", "农业开发有限公司", "物业服务有限公司", "商贸有限公司", "矿业有限公司")


def dispute_type(random: Random) -> int:
    return random.choices(TYPES, cum_weights=TYPE_SHARES)[0]


def source(random: Random) -> str:
    return random.choices(SOURCES, cum_weights=SOURCE_WEIGHTS)[0].value


def person(random: Random) -> str:
    return fictitious_name(random.randrange(100_000))


def telephone(random: Random) -> str:
    """Of a range that nobody has."""
    return f"1000000{random.randrange(10_000):04d}"


def unit(random: Random) -> str:
    return random.choice(STEMS) + random.choice(BRANCHES)


def nature(dispute: int) -> Nature:
    """What a claim in a dispute of this type is about; always one that may be mediated."""
    for types, found in ((FAMILY, Nature.FAMILY), (WORK, Nature.CONTRACT), (LAND, Nature.LAND_USE)):
        if dispute in types:
            return found
    return Nature.PROPERTY if dispute == 3 else Nature.INJURY


def id_at(random: Random, moment: datetime) -> UUID:
    """A UUIDv7 of the moment; the same seed gives the same."""
    stamp = int(moment.timestamp() * 1000)
    return UUID(int=stamp << 80 | 0x7 << 76 | random.getrandbits(12) << 64 | 0x2 << 62 | random.getrandbits(62))
