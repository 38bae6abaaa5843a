"""Changing the rules, confirming posts: who is no security administrator changes nothing by any of these ways."""

from uuid import uuid4

from api.endpoint import PREFIX
from foundation import cookies
from tests.leaks.canaries import found_in
from tests.leaks.ground import Ground
from tests.leaks.registry import watched_by
from tests.leaks.walking import PARAMETER, said

REFUSED = frozenset({400, 403, 404, 415, 422})
OTHERS = (("wr_director", "C", "holds"), ("supervisor_p", "P", "oversees"), ("lgo_director", "C", "governs"))


async def test_rules_and_posts_are_in_the_hands_of_their_officers_alone(ground: Ground) -> None:
    tokens = [ground.standing(*cell).token for cell in OTHERS]
    tokens += [one.token for one in ground.strangers if "administrator" in one.name and "security" not in one.name]
    for row in watched_by("test_rules_and_posts_are_in_the_hands_of_their_officers_alone"):
        if row.method == "template":  # what an officer sees is the business of the tests beside these pages
            continue
        address = PARAMETER.sub(lambda match: "1" if match[1] == "edition" else str(uuid4()), row.path)
        for token in tokens:
            async with ground.client(cookies={cookies.SESSION: token}) as client:
                await client.get("/sign-in")
                form = {"_csrf_token": client.cookies.get(cookies.CSRF, "")}
                if row.path.startswith(PREFIX):
                    client.headers["Authorization"] = f"Bearer {token}"
                    answer = await client.request(row.method, address, json={})
                else:
                    answer = await client.request(row.method, address, data=form if row.method != "GET" else None)
            assert answer.status_code in REFUSED or row.method == "GET", (row.exit, answer.status_code)
            assert not found_in(said(answer)), row.exit
