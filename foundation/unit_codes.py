"""The unified social credit code of a unit (统一社会信用代码, GB 32100): 18 characters, the last of them a check."""

from stdnum.cn import uscc


def is_unit_code(text: str) -> bool:
    """Letters of either case; spaces and hyphens between them do not matter."""
    return bool(uscc.is_valid(text.upper()))
