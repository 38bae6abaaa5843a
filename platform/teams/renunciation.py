"""No clause, form or field may hold a promise not to petition, sue or complain (26a, N8).

The patterns are data: each is read against the text without blanks and width variants. They look for a promise
("不再…", "放弃…", fixed phrases) before a right, inside one sentence, and let pass what keeps a right open.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from foundation.errors import FieldError, InvalidInput
from foundation.language import N_

RIGHTS = (
    r"信访(?!人|局|部门|办|工作|条例)|[到去找向][^，。]{0,6}信访(?:局|部门|办)|上访|走访|进京|赴省|访(?=[，。；、,.;]|$)|起诉|诉讼|上诉|申诉|控告|告状|打官司|仲裁|复议|复查|复核"
    r"|投诉(?!人|、举报人)|举报(?!人)|检举(?!人)|反映(?:问题|情况)|向(?:媒体|记者)|法律援助|追究(?:其|对方|任何)?(?:法律|一切|任何)?责任"
)
PROMISES = (
    r"不(?:可以|允许|再|得|会|能(?!协商|达成|履行|按|及时)|可|许|准|应|去|因此|因本|以任何)|永(?:不|远不)|绝不|决不|禁止|放弃|自愿弃"
    r"|承诺不|保证不|同意不|不(?=上访|信访|起诉|控告|投诉|举报|申诉)"
)
KEEPS_OPEN = (
    r"限制|阻止|阻拦|阻碍|妨碍|妨害|剥夺|影响|干涉|干预|打击报复|应当告知|不履行|逾期"
    r"|可以(?!再)|可依法|均可|仍可|有权(?!处理|机关)"
)
"""Words between the promise and the right after which the sentence protects the right instead."""

PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:{PROMISES})(?:(?!{KEEPS_OPEN})[^。；;！!？?]){{0,40}}?(?:{RIGHTS})",
        r"停止(?:再)?(?:一切|任何|所有)?(?:信访|上访|走访|起诉|申诉|控告|投诉|举报)(?!人)",
        r"(?:息|罢|停|止|撤)(?:诉|访)(?:息|罢|停|止|撤)(?:诉|访)",
        r"(?:息|罢|停)访",
        rf"(?:{RIGHTS})(?:等)?(?:的)?(?:一切|任何|全部|所有)?(?:权利|权)?(?:自愿|均|予以|全部)*(?:放弃|丧失|不再(?:行使|主张))",
    )
)
REFUSED = N_("不得写入放弃或者限制信访、起诉、仲裁、复议、投诉等权利的内容")


def holds_renunciation(text: str) -> bool:
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", text) if not _is_blank(sign))
    return any(pattern.search(plain) for pattern in PATTERNS)


def refuse_renunciation(form: Struct) -> None:
    """Raises InvalidInput naming every text field, at any depth, that holds such a promise."""
    found = [path for path, text in _texts(msgspec.to_builtins(form)) if holds_renunciation(text)]
    if found:
        raise InvalidInput(*(FieldError(path, "renunciation", REFUSED) for path in found))


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
        return
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in inner:
        yield from _texts(part, f"{path}.{name}" if path else str(name))


def _is_blank(sign: str) -> bool:
    """Blanks and invisible signs, with which a phrase could be broken up."""
    return sign.isspace() or unicodedata.category(sign) in ("Cf", "Cc")
