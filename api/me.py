"""Who is asking, in which post, and which other posts there are."""

from collections.abc import Sequence
from uuid import UUID

from litestar import Response
from msgspec import Struct

from api.answers import AnyRequest, answer, respond
from api.csrf import csrf_token
from api.endpoint import Endpoint
from api.given import TheStore
from api.tokens import program_token, token_of
from foundation.errors import NotSignedIn
from foundation.language import N_, translate
from foundation.store import Store
from tenants.roles import ROLE_NAMES
from tenants.sessions import PostView, own, posts_in_force, posts_of, signed_in
from tenants.tokens import token_subject


class PostItem(Struct, frozen=True):
    id: UUID
    role: str
    role_name: str
    tier: str
    office_id: int
    office: str
    tenant_id: int
    tenant: str
    chosen: bool


class Me(Struct, frozen=True):
    """`csrf_token` is for browsers: sent as X-CSRF-Token with every change made under a cookie.

    A program's token is told its one post, and its scopes; a session has none and may do all of its post.
    """

    person_id: UUID
    name: str
    post_id: UUID | None
    posts: list[PostItem]
    csrf_token: str
    scopes: list[str] = []


async def me(request: AnyRequest, store: TheStore) -> Response[bytes]:
    return respond(answer(await me_view(request, store), headers={"Cache-Control": "no-store"}))


async def me_view(request: AnyRequest, store: Store) -> Me:
    program = program_token(request)
    if program is not None:
        return await _program_view(store, program)
    token = token_of(request)
    subject = await signed_in(store, token)
    posts = post_items(await posts_of(store, token))
    key: bytes = request.app.state["csrf_key"]
    return Me(subject.person_id, subject.name, subject.post_id, posts, csrf_token(key, token))


async def _program_view(store: Store, token: str) -> Me:
    subject = await token_subject(store, token)
    if subject is None:
        raise NotSignedIn
    async with store.scoped(own(subject.person_id)) as session:
        held = await posts_in_force(session, subject.person_id, subject.post_id)
    posts = post_items([post for post in held if post.chosen])
    return Me(subject.person_id, subject.name, subject.post_id, posts, "", sorted(subject.scopes))


def post_items(posts: Sequence[PostView], *, chosen: bool = False) -> list[PostItem]:
    """`chosen` marks the only post of somebody who has just signed in."""
    return [
        PostItem(
            id=post.id,
            role=post.role,
            role_name=translate(ROLE_NAMES.get(post.role, post.role)),
            tier=post.tier,
            office_id=post.office_id,
            office=post.office,
            tenant_id=post.tenant_id,
            tenant=post.tenant,
            chosen=post.chosen or chosen,
        )
        for post in posts
    ]


ENDPOINTS = (
    Endpoint(
        method="GET", path="/me", name="me", tag="sessions", title=N_("我是谁，以哪个岗位"), handler=me, answer=Me
    ),
)
