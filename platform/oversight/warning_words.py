"""What no warning may say: to watch, accompany, dissuade or stop a person; and nobody's number or name (N6).

Every word is sought among the Chinese characters alone: blanks, marks, letters and full-width forms between them hide
nothing. A harmless sentence that is met by chance is worded anew; the refusal says so.
"""

import re
import unicodedata
from collections.abc import Iterable

from foundation.errors import FieldError
from foundation.language import N_

FORBIDDEN_WORDS = (
    "稳控", "劝返", "盯防", "截访", "监控", "跟踪", "监视", "陪访", "看管", "管控", "布控", "劝阻", "拦截", "拦访",
    "盯梢", "盯紧", "盯住", "看住", "管住", "稳住", "尾随", "蹲守", "阻拦", "拦阻", "堵截", "劝回", "劝离", "接返",
    "带离", "遣返", "息访", "息诉", "罢访", "维稳", "吸附", "盯人", "包保", "跟随", "劝说", "劝导", "劝其", "扣留",
    "不要上访", "不再上访", "不去上访", "不得上访", "停止上访", "放弃上访", "软禁", "限制出行", "限制离", "不得离开",
    "不让出", "行踪", "动向", "陪同信访人",
)  # fmt: skip
TRADITIONAL = str.maketrans(
    "穩勸盯訪監蹤視陪攔尋隨帶遣離軟動與讓維說導訴罷棄",
    "稳劝盯访监踪视陪拦寻随带遣离软动与让维说导诉罢弃",
)
HAN = re.compile(r"[^\u3400-\u9fff]+")
LONG_NUMBER = re.compile(r"\d{11}")
BETWEEN_DIGITS = re.compile(r"(?<=\d)[\W_]+(?=\d)")
"""A telephone number has eleven digits, an identity number more."""


def plain(text: str) -> str:
    """The Chinese characters of it, one after the other, in simplified form."""
    return HAN.sub("", unicodedata.normalize("NFKC", text).translate(TRADITIONAL))


def asks_against_somebody(text: str) -> bool:
    han = plain(text)
    return any(word in han for word in FORBIDDEN_WORDS)


def names_somebody(text: str, names: Iterable[str]) -> bool:
    """A party's name, or a number that is a person's."""
    digits = BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", text))
    han = plain(text)
    return bool(LONG_NUMBER.search(digits)) or any(name in han for one in names if len(name := plain(one)) > 1)


def watching_errors(field: str, text: str | None) -> list[FieldError]:
    """Of a field that may name people, and must not ask for or report anything against them."""
    if text and asks_against_somebody(text):
        return [FieldError(field, "forbidden", N_("只能帮助，不得看管、陪同、劝阻、拦截任何人"))]
    return []


def word_errors(field: str, text: str | None, names: Iterable[str] = ()) -> list[FieldError]:
    """Named errors of one field that others will read."""
    errors = []
    if text and asks_against_somebody(text):
        errors.append(FieldError(field, "forbidden", N_("预警只能请求帮助，不得要求看管、劝阻任何人")))
    if text and names_somebody(text, names):
        errors.append(FieldError(field, "personal", N_("只写纠纷和所需帮助，不写姓名、证件号码和电话")))
    return errors
