"""The table of obligations and the tests that state them; fails when one in scope has none (`make obligations`)."""

import sys
from collections import defaultdict

from tests.obligations.citations import citations, faults, obligations


def main() -> None:
    known, cited = obligations(), citations()
    tests: dict[str, list[str]] = defaultdict(list)
    for citation in cited:
        tests[citation.number].append(citation.test)
    for one in known:
        print(f"{one.number:>4}  {one.words}{'' if one.since else '  （尚未列入 / not in scope yet）'}")
        for test in tests[one.number]:
            print(f"        {test}")
    found = list(faults(known, cited))
    print("\n".join(found) if found else f"obligations: {len(known)}, each one in scope with a test")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
