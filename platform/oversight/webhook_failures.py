"""Why another system was not reached, in words: `foundation.outgoing` and the sending name it by a code."""

from foundation.language import N_

_SILENT, _BROKEN = N_("对方未在规定时间内应答"), N_("连接中断，或者应答不合规范")
FAILURES = {
    "NameUnknown": N_("找不到该域名"),
    "AddressRefused": N_("该域名指向不允许推送的网络"),
    "NotSecure": N_("未加密的地址只能在所列内网中使用"),
    "ConnectError": N_("连接不上，或者对方证书不被信任"),
    "ConnectTimeout": _SILENT,
    "ReadTimeout": _SILENT,
    "WriteTimeout": _SILENT,
    "TimeoutError": _SILENT,
    "ReadError": _BROKEN,
    "WriteError": _BROKEN,
    "RemoteProtocolError": _BROKEN,
}
"""By code; what is rare has only the code beside `failure`'s words for all."""


def failure(code: str) -> str:
    """The msgid that tells the code."""
    if code.startswith("HTTP"):
        return N_("对方没有接受")
    return FAILURES.get(code, N_("未能送达"))
