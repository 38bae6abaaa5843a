"""Draw the table of moves (cases/steps.py) as docs/moves.md: `python setup/moves.py > docs/moves.md`.

A test compares the two, so that the page can't grow old.
"""

from collections.abc import Iterator

from cases.steps import MOVES, STATE_NAMES, STEP_NAMES, STEP_OF, Move, State
from foundation.language import translate
from server.catalogue import catalogue


def page() -> str:
    """The whole page."""
    return "\n".join(["# The moves of a case", "", *_intent(), "", *_diagram(), "", *_table(), ""])


def _intent() -> Iterator[str]:
    yield "Drawn from `platform/cases/steps.py` by `python setup/moves.py > docs/moves.md`; never edited by hand."
    yield "Acts that leave a case where it is stand in the table only."


def _diagram() -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in State:
        number = STEP_OF[state]
        yield f"    {state}: {number.value} {STEP_NAMES[number]} · {STATE_NAMES[state]}"
    yield f"    [*] --> {State.REGISTERED}: register"
    for move in MOVES:
        for source in _ordered(move.when):
            for target in _ordered(move.to - {source}):
                yield f"    {source} --> {target}: {move.act}"
    yield "```"


def _table() -> Iterator[str]:
    acts = catalogue().acts
    yield "| act | 办理事项 | English | in | leads to | guards |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for move in MOVES:
        title = acts[move.act].title
        said = f"{title} | {translate(title, 'en')}"
        yield f"| {move.act} | {said} | {_when(move)} | {_names(move.to)} | {_guards(move)} |"


def _when(move: Move) -> str:
    return "any" if move.when == frozenset(State) else _names(move.when)


def _guards(move: Move) -> str:
    return ", ".join(move.guards)


def _names(states: frozenset[State]) -> str:
    return ", ".join(_ordered(states))


def _ordered(states: frozenset[State]) -> list[State]:
    return [state for state in State if state in states]


if __name__ == "__main__":
    print(page(), end="")
