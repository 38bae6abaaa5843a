"""Who may change which row. Row-level security lets nobody else, but silently: an UPDATE that no policy lets through
touches nothing and reports success. These checks come before it and say so.
"""

from typing import Any

from piccolo_api.crud.endpoints import PiccoloCRUD
from piccolo_api.crud.validators import Validators
from starlette.requests import Request

from admin.engine import ENGINE
from admin.identity import administrator
from admin.refusing import refuse
from foundation.errors import DomainError, Forbidden
from foundation.language import N_
from tenants.tiers import Tier

BELOW = "select tenant_below($1)"


class ProvinceOnly(Forbidden):
    code = "province_only"
    message = N_("全省共用的内容只有省级管理员可以修改")


class OwnOnly(Forbidden):
    code = "own_only"
    message = N_("只能修改本级及以下的内容")


class OneByOne(DomainError):
    code = "one_by_one"
    status = 405
    message = N_("请逐条删除：每一条都留记录")


class ByForms(DomainError):
    code = "by_forms"
    status = 405
    message = N_("这张表只供查看；增加、撤销、停用请用左侧的表单")


def province_only(piccolo_crud: PiccoloCRUD, request: Request) -> None:
    subject = administrator.get()
    if subject is None or subject.tier != Tier.PROVINCE:
        refuse(ProvinceOnly())


async def own_row(piccolo_crud: PiccoloCRUD, request: Request) -> None:
    """A row without a tenant is the province's."""
    key = piccolo_crud.table._meta.primary_key
    chosen = piccolo_crud.table.select().where(key == int(request.path_params["row_id"])).first()
    row: dict[str, Any] | None = await chosen.run()
    if row is None:
        return
    if row["tenant_id"] is None:
        province_only(piccolo_crud, request)
    elif not (await ENGINE.fetch(BELOW, row["tenant_id"]))[0][0]:
        refuse(OwnOnly())


def one_by_one(piccolo_crud: PiccoloCRUD, request: Request) -> None:
    refuse(OneByOne())


def by_forms(piccolo_crud: PiccoloCRUD, request: Request) -> None:
    refuse(ByForms())


CALENDAR = Validators(put_single=[own_row], patch_single=[own_row], delete_single=[own_row], delete_all=[one_by_one])
DICTIONARY = Validators(
    post_single=[province_only],
    put_single=[province_only],
    patch_single=[province_only],
    delete_single=[province_only],
    delete_all=[one_by_one],
)
READ_ONLY = Validators(
    post_single=[by_forms], put_single=[by_forms], patch_single=[by_forms], delete_single=[by_forms],
    delete_all=[by_forms],
)  # fmt: skip
