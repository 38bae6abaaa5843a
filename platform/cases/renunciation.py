"""No clause, form or field may hold a promise not to petition, sue or complain (26a, N8): read in every act.

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

REPEATS = frozenset(
    {
        "add-evidence",
        "answer-complaint",
        "ask-recusal",
        "close-inspection",
        "complete-registration",
        "decide-access",
        "decide-recusal",
        "declare-conflict",
        "divert-accusation",
        "extend-order",
        "file-complaint",
        "guide-case",
        "issue-order",
        "open-inspection",
        "record-complaint",
        "record-investigation",
        "record-recusal",
        "record-testimony",
        "reply-order",
        "review-access",
        "revoke-access",
        "strike-off-order",
        "supervise-case",
        "urge-order",
        "urge-unit",
        "write-analysis",
        "write-note",
    }
)
"""Acts whose fields note what others said or did: who complains of such a promise must be able to name it."""

RIGHTS = (
    r"信访(?!人|局|部门|办|工作|条例)|[到去找向][^，。]{0,6}信访(?:局|部门|办)|上访|走访|缠访|闹访|进京|赴京|赴省"
    r"|(?:到|去)(?:北京|省里|省城|州里|上面|上级)|访(?=[，。；、,.;]|$)"
    r"|起诉|诉讼|上诉|申诉|控告|告状|打官司|仲裁|复议|复查|复核"
    r"|(?:走|通过|寻求|采取)(?:任何|其他)?(?:法律|司法|法定|行政)(?:途径|程序|手段|渠道)|(?:提出|表达|反映)[^，。；]{0,6}诉求"
    r"|投诉(?!人|、举报人)|举报(?!人)|检举(?!人)|反映(?:问题|情况)|(?:向|找)(?:媒体|记者)"
    r"|找(?:任何|各级|其他)*(?:政府|部门|机关|领导|上级)"
    r"|法律援助|追究(?:其|对方|任何)?(?:法律|一切|任何)?责任|petition|lawsuit|appeal"
)
PROMISES = (
    r"不(?:可以|允许|再|得|会|能(?!协商|达成|履行|按|及时)|可|许|准|应|去|因此|因本|以任何)|永(?:不|远不)|绝不|决不|禁止|放弃|自愿弃"
    r"|承诺不|保证不|同意不|答应不|从此不|今后不|不(?=上访|信访|起诉|控告|投诉|举报|申诉|走|找|(?:去|到|赴)(?:北京|省|州里|上面))|别再|勿再|never|nolonger"
)
KEEPS_OPEN = (
    r"限制|阻止|阻拦|阻碍|妨碍|妨害|剥夺|影响|干涉|干预|打击报复|应当告知|不履行|逾期"
    r"|可以(?!再)|可依法|均可|仍可|有权(?!处理|机关)"
)
"""Words between the promise and the right after which the sentence protects the right instead."""
USES = r"信访(?!人|局|部门|办|工作|条例)|上访|走访|缠访|闹访|进京|起诉|申诉|控告|投诉(?!人)|举报(?!人)|复议|仲裁"
PUNISHED = r"退还|返还|退回|扣除|扣减|取消|违约|收回|作废|不予支付|停止支付|不再支付"

PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:{PROMISES})(?:(?!{KEEPS_OPEN})[^。；;！!？?]){{0,40}}?(?:{RIGHTS})",
        r"停止(?:再)?(?:一切|任何|所有)?(?:信访|上访|走访|起诉|申诉|控告|投诉|举报)(?!人)",
        r"(?:息|罢|停|止|撤)(?:诉|访)(?:息|罢|停|止|撤)(?:诉|访)",
        r"(?:息|罢|停)访|(?:息|罢)诉|无访承诺|不访承诺",
        rf"(?:{RIGHTS})(?:等)?(?:的)?(?:一切|任何|全部|所有)?(?:权利|权)?(?:自愿|均|予以|全部)*(?:放弃|丧失|不再(?:行使|主张))",
        rf"(?:如|若|一旦|倘若|假如|凡)(?:[^，,。；;不]){{0,12}}?(?:{USES})[^。；;]{{0,20}}?(?:{PUNISHED})",
    )
)
RIGHTS_ENGLISH = (
    r"petition\w*|sue|suing|lawsuit\w*|litigat\w+|arbitrat\w+|complain\w*|appeal\w*|reconsideration|whistle-?blow\w*"
    r"|legal (?:action|proceedings|remed\w+|aid)|(?:go|going) to (?:court|beijing|the media|the authorities)"
    r"|report\w* (?:to|it to)|right to (?:sue|petition|court)|上访|信访|起诉|投诉|申诉"
)
PROMISES_ENGLISH = (
    r"(?:will|shall|must|may|can|agrees?|agreed|undertakes?|promises?|pledges?|consents?)(?: \w+){0,2}? (?:not|never)"
    r"|cannot|won't|shan't|never|no longer|no more|no further|(?:waiv|renounc|forgo|forfeit|relinquish|abandon)\w*"
    r"|(?:give|gives|giving|given) up|(?:refrain|abstain|desist)\w* from|(?:cease|stop)s?(?: all| any| from)?"
)
KEEPS_OPEN_ENGLISH = r"affect|restrict|limit|prevent|hinder|bar|obstruct|retaliat|may(?! not| never)|is free to|remains"
ENGLISH = (
    re.compile(
        rf"\b(?:{PROMISES_ENGLISH})\b(?:(?!\b(?:{KEEPS_OPEN_ENGLISH}))[^.;!?。；]){{0,80}}?(?:\b|(?<=\s))(?:{RIGHTS_ENGLISH})"
    ),
)
OLD_SIGNS = str.maketrans("訪訴訟複覆議舉報檢訟棄擇從", "访诉讼复复议举报检讼弃择从")
SEPARATORS = re.compile(r"[-·•‧_/\\|*~^…]+")
REFUSED = N_("不得写入放弃或者限制信访、起诉、仲裁、复议、投诉等权利的内容")


def holds_renunciation(text: str) -> bool:
    known = unicodedata.normalize("NFKC", text).translate(OLD_SIGNS).lower()
    seen = "".join(sign for sign in known if unicodedata.category(sign) != "Cf")
    plain = SEPARATORS.sub("", "".join(sign for sign in seen if not _is_blank(sign)))
    worded = " ".join(seen.split())
    return any(one.search(plain) for one in PATTERNS) or any(one.search(worded) for one in ENGLISH)


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
