"""Acts as fast as it can in a process of its own: one audit link and one message each; says each confirmed number."""

import asyncio
import sys
from itertools import count

from foundation import audit, outbox
from foundation.clock import SystemClock
from foundation.store import Scope, Store
from policies.actions import Action

WRITERS = 4


async def write(store: Store, numbers: "count[int]") -> None:
    while True:
        number = next(numbers)
        async with store.scoped(Scope(1, None)) as session:
            entry = audit.Entry("system.test", None, Action.CASE_NOTE, "number", str(number))
            await audit.append(session, entry, 1, 2 + number % 2)
            await outbox.publish(session, "test.crash", number=number)
        print(number, flush=True)


async def main() -> None:
    """Until it is killed, or its server is."""
    store = Store(sys.argv[1], SystemClock(), pool_size=WRITERS)
    numbers = count(int(sys.argv[2]))
    await asyncio.gather(*(write(store, numbers) for _ in range(WRITERS)))


if __name__ == "__main__":
    asyncio.run(main())
