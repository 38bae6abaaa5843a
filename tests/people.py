"""The reference dispute's people and papers (shared reference case): all fictitious."""

from typing import Any

from tests.world import World

JIANTANG = "533401100"
NAMES = ("和春生", "鲁茸", "扎西", "格桑", "木秀英", "和建军", "阿青", "李有福", "杨桂兰", "次里", "张明德", "和丽华")
CLAIMS = (
    {"text": "爆破施工造成墙体开裂，要求修复并赔偿", "nature": "injury"},
    {"text": "临时用地租金和青苗补偿未付", "nature": "land_use"},
    {"text": "对征收补偿标准有异议", "nature": "expropriation"},
)


async def registration(world: World, *, persons: int = 12, representatives: int = 4) -> dict[str, Any]:
    """Row 1 of the reference case as the window clerk types it."""
    return {
        "mode": "desk",
        "source": "application",
        "place_id": await world.place(JIANTANG),
        "dispute_type": 8,
        "petition_no": "香信访〔2026〕0301",
        "first_visit": True,
        "petitioners": [
            {
                "name": name,
                "telephone": f"1380887{index:04d}",
                "address": f"建塘镇某村{index}组",
                "language": "藏语",
                "representative": index <= representatives,
            }
            for index, name in enumerate(NAMES[:persons], 1)
        ],
        "visited_unit": "云岭路桥建设有限公司",
        "other_side": [{"kind": "unit", "name": "云岭路桥建设有限公司", "unit_kind": "enterprise"}],
        "statement": "公路施工爆破后，多户房屋墙体开裂；临时占用的土地未付租金，青苗未补偿。",
        "oral": True,
        "read_back": True,
        "interpreter": "翻译员甲",
        "interpreting": "provided",
        "materials": [
            {"name": "墙体裂缝照片", "copies": 12, "original": "original", "handling": "kept"},
            {"name": "临时用地协议", "copies": 1, "original": "copy", "handling": "returned"},
        ],
        "claims": list(CLAIMS),
        "advice": "已讲明调解自愿、不收费，不影响诉讼时效",
        "privacy_notice": True,
    }
