"""Names and ids of people who do not exist, the same in every run."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

SURNAMES = "和杨李张王赵刘陈木段高尹白董马孙周吴徐朱罗普余曹丁何鲁施段熊"
GIVEN = (
    "秀英 建华 玉梅 志强 丽芬 国栋 春燕 文斌 桂兰 学军 晓红 永福 雪琴 光明 美玲 卫东 金花 洪涛 云霞 振华 "
    "银凤 正祥 慧敏 家兴 素芳 立新 冬梅 天佑 彩云 继光 阿妹 忠义 琼仙 世荣 兰芝 开明"
)
TIBETAN = "扎西顿珠 此里卓玛 格桑旺堆 央金拉姆 七林培楚 鲁茸取初 斯那定主 拥忠 次仁央宗 追玛 农布 益西江初"
STRIDE = 7


def fictitious_name(number: int) -> str:
    """Every ninth name is Tibetan; neighbours differ in both parts."""
    if number % 9 == 8:
        names = TIBETAN.split()
        return names[number // 9 % len(names)]
    given = GIVEN.split()
    return SURNAMES[number % len(SURNAMES)] + given[number * STRIDE // len(SURNAMES) % len(given)]


def fixed_id(instant: datetime, purpose: str) -> UUID:
    """A UUIDv7 of the instant whose random part follows from `purpose`."""
    milliseconds = int(instant.timestamp() * 1000).to_bytes(6, "big")
    raw = bytearray(milliseconds + sha256(purpose.encode()).digest()[:10])
    raw[6] = raw[6] & 0x0F | 0x70
    raw[8] = raw[8] & 0x3F | 0x80
    return UUID(bytes=bytes(raw))
