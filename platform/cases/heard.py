"""What the parties have answered, as facts for guards: who they are stays sealed."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from cases.facts import Fact

PARTIES = Fact("array(select row(id, side, status) from parties where case_id = :case)")
CONSENTS = Fact(
    "array(select row(party_id, kind, about, given and withdrawn_at is null) from consents where case_id = :case"
    " order by recorded_at, id)"
)


class Heard(Struct, frozen=True):
    """The values of PARTIES and CONSENTS; of several answers to one question the latest counts."""

    parties: Sequence[tuple[UUID, str, str]]
    consents: Sequence[tuple[UUID, str, str | None, bool]]

    def answers(self, kind: str, about: str | None = None) -> Mapping[UUID, bool]:
        """The latest of each party who answered; a withdrawn consent is a no."""
        return {
            party: yes for party, asked, of, yes in self.consents if asked == kind and (about is None or of == about)
        }

    @property
    def petitioners(self) -> Sequence[UUID]:
        """Those who go on."""
        return [party for party, side, status in self.parties if side == "petitioner" and status == "active"]

    @property
    def others(self) -> Sequence[UUID]:
        return [party for party, side, _ in self.parties if side == "respondent"]

    @property
    def table(self) -> frozenset[UUID]:
        """Petitioners who go on, and those of the other side who agreed to mediate and go on."""
        agreed = self.answers("mediation")
        others = (party for party, side, status in self.parties if side != "petitioner" and status == "active")
        return frozenset((*self.petitioners, *(party for party in others if agreed.get(party))))

    def both_sides(self, kind: str) -> bool:
        """Every petitioner who goes on and at least one of the other side said yes."""
        answers, own = self.answers(kind), self.petitioners
        return bool(own) and all(answers.get(party) for party in own) and any(answers.get(one) for one in self.others)

    @property
    def refused(self) -> bool:
        """All of the other side said no (人民调解法 17), or no petitioner goes on."""
        answers = [self.answers("mediation").get(party) for party in self.others]
        return (bool(answers) and all(answer is False for answer in answers)) or not self.petitioners
