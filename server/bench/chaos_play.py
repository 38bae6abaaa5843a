"""What the clients play: each case goes up by offers, some raced for by two, and back and forth by namings."""

import asyncio
from random import Random
from typing import Any

from msgspec import Struct

from server.bench.chaos_clients import Answered, Asking, Journal, act
from server.bench.chaos_kills import Processes
from server.bench.chaos_orders import FORM, ORDERING, OWN

TOWNSHIP, COUNTY, PREFECTURE, PROVINCE = "jiantang.head", "xgll.director", "diqing.director", "yunnan.lgo"
WHO = (TOWNSHIP, COUNTY, PREFECTURE, PROVINCE, OWN)
NEXT = {TOWNSHIP: COUNTY, COUNTY: PREFECTURE}
CLAIM: dict[str, Any] = {"proof": "情况说明〔2026〕1号"}


class Held(Struct):
    """One case as its client knows it."""

    id: str
    version: int
    holder: str = TOWNSHIP
    been: frozenset[str] = frozenset({TOWNSHIP})


class Play:
    def __init__(self, asking: Asking, journal: Journal, processes: Processes, random: Random, handovers: int) -> None:
        self.asking, self.journal, self.processes, self.random = asking, journal, processes, random
        self.handovers = handovers
        self.free = [Held(*case) for case in asking.cases]

    async def client(self) -> None:
        """Take a case that nobody plays, hand it over once, put it back; until enough were handed over."""
        while self.journal.handovers < self.handovers and self.free:
            case = self.free.pop(self.random.randrange(len(self.free)))
            if await self.handed(case):
                self.journal.handovers += 1
                self.free.append(case)

    async def handed(self, case: Held) -> bool:
        """False = what became of it is not known, and nobody plays it any more."""
        receiver = NEXT.get(case.holder)
        offers = receiver is not None and receiver not in case.been
        if not await (self._offered(case, receiver) if offers and receiver else self._named(case)):
            return False
        return case.holder != COUNTY or self.random.random() < 0.5 or await self._ordered(case)

    async def _ordered(self, case: Held) -> bool:
        """By the county that holds it: what ends when it leaves."""
        return await self._done(case, OWN, ORDERING, FORM) is not None

    async def _offered(self, case: Held, receiver: str) -> bool:
        form = {
            "to_office_id": self.asking.offices[receiver],
            "reason": "company" if case.holder == TOWNSHIP else "major",
        }
        if not self._goes_on(case, await self._act(case, case.holder, "offer-handover", form)):
            return False
        ends = [(receiver, "accept-handover", {"no_conflict": True}), (case.holder, "withdraw-handover", {})]
        card = self.random.random()
        chosen = ends if card < 0.6 else ends[:1] if card < 0.8 else ends[1:]
        answers = await asyncio.gather(*(self._act(case, *one) for one in chosen))
        won = self._winner(case, answers)
        if won is None:
            return False
        if chosen[won][1] == "accept-handover":
            case.holder, case.been = receiver, case.been | {receiver}
        return True

    async def _named(self, case: Held) -> bool:
        """Between county and prefecture, where neither may go back by an offer: the province says who holds it."""
        other = COUNTY if case.holder == PREFECTURE else PREFECTURE
        office, own = self.asking.offices[other], self.asking.offices[case.holder]
        if await self._done(case, case.holder, "claim-dispute", CLAIM | {"other_office_id": office}) is None:
            return False
        both = [(office, other), (own, case.holder)] if self.random.random() < 0.5 else [(office, other)]
        reason = "由其办理更为适宜"
        named = [self._act(case, PROVINCE, "name-holder", {"office_id": one, "reason": reason}) for one, _ in both]
        won = self._winner(case, await asyncio.gather(*named))
        if won is None:
            return False
        case.holder = both[won][1]
        return True

    def _winner(self, case: Held, answers: list[Answered | None]) -> int | None:
        """Whose act was acknowledged: exactly one of them."""
        won = [number for number, found in enumerate(answers) if found is not None and found.done]
        if len(won) != 1:
            self.journal.nobody += None not in answers
            return None
        found = answers[won[0]]
        assert found is not None
        case.version = found.body["version"]
        return won[0]

    def _goes_on(self, case: Held, found: Answered | None) -> bool:
        return self._winner(case, [found]) is not None

    async def _done(self, case: Held, login: str, name: str, form: dict[str, Any]) -> Answered | None:
        found = await self._act(case, login, name, form)
        return found if self._goes_on(case, found) else None

    async def _act(self, case: Held, login: str, name: str, form: dict[str, Any]) -> Answered | None:
        token = self.asking.tokens[login]
        return await act(self.journal, self.processes.port, token, case.id, name, case.version, form)
