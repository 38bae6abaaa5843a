"""What is said plainly to who registered and who was registered: the same words in the API's answer and on the page."""

from collections.abc import Iterator
from typing import Any

from cases.register import Registered
from cases.registered_parties import REPRESENTATIVES
from foundation.language import N_

PENDING = N_("同一信访人的同一事项正在办理，请联系：%(office)s（信访工作条例第19条；不影响本次登记）")
REFUSED = N_("信访人 %(ordinal)s：代表已满%(most)s人，未列为代表；其信访事项照常登记（信访工作条例第20条）")
BEYOND = N_(
    "本机构高于纠纷发生地的上一级：照常登记，不因此退回；可告知其也可以向本级或者上一级提出（信访工作条例第20条）"
)


def said_at(registered: Registered) -> Iterator[tuple[str, dict[str, Any]]]:
    """(msgid, what fills it)."""
    for receipt in registered.receipts:
        if receipt.representation_refused:
            yield REFUSED, {"ordinal": receipt.ordinal, "most": REPRESENTATIVES}
    for office in registered.pending_at:
        yield PENDING, {"office": office}
    if registered.beyond_next_level:
        yield BEYOND, {}
