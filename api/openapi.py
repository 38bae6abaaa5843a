"""The OpenAPI 3.1 document, made from the very rows that make the routes."""

import re
from collections.abc import Sequence
from typing import Any

from api.endpoint import PREFIX, Endpoint
from api.examples import example, example_of
from api.problems import MEDIA_TYPE, Problem
from api.schemas import Schemas, query_schemas
from foundation import cookies
from foundation.language import N_, translate

VERSION = "0.1.0"
PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
NUMBERED = re.compile(r"\{\w+:int\}")
KINDS: dict[str, dict[str, Any]] = {
    "uuid": {"type": "string", "format": "uuid"},
    "int": {"type": "integer"},
    "str": {"type": "string"},
}
TITLE = N_("调解工作平台接口")
ABOUT = N_(
    "时间一律带时区（东八区）；金额以分计；列表用 after 翻页，没有总数；修改案件须带 If-Match（缺少 428，过期 412），"
    "可带 Idempotency-Key 防止重复；错误按 RFC 9457 返回 application/problem+json，语言随 Accept-Language。"
)
IF_MATCH = N_('所见的版本，即 ETag，例如 "3"')
IDEMPOTENCY_KEY = N_("同一请求重复发送，只办理一次")
CSRF = N_("浏览器以 Cookie 登录时须带，取自 GET /api/v1/me")
BEARER = N_("会话令牌，或程序令牌（tj_ 开头）；程序令牌须含各操作 x-token-scope 所示范围")
SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": cookies.SESSION},
}
BINARY = {"type": "string", "format": "binary"}
FURTHER = {409: "the state refuses", 422: "what is stored breaks a rule"}
FILE_FORM = {"type": "object", "required": ["file"], "properties": {"file": BINARY}}


def document(endpoints: Sequence[Endpoint], language: str) -> dict[str, Any]:
    answers = [endpoint.answer for endpoint in endpoints if endpoint.answer is not None]
    answers += [endpoint.otherwise[1] for endpoint in endpoints if endpoint.otherwise is not None]
    bodies = [endpoint.body for endpoint in endpoints if endpoint.body is not None]
    schemas = Schemas([Problem, *answers], bodies, language)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        path = PARAMETER.sub(r"{\1}", PREFIX + endpoint.path)
        paths.setdefault(path, {})[endpoint.method.lower()] = _operation(endpoint, schemas, language)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": translate(TITLE, language),
            "version": VERSION,
            "description": translate(ABOUT, language),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"cookie": []}],
        "paths": paths,
        "components": {"schemas": schemas.components, "securitySchemes": _security(language)},
    }


def _security(language: str) -> dict[str, Any]:
    return {**SECURITY, "bearer": {**SECURITY["bearer"], "description": translate(BEARER, language)}}


def _operation(endpoint: Endpoint, schemas: Schemas, language: str) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "operationId": endpoint.name,
        "tags": [endpoint.tag],
        "summary": translate(endpoint.title, language),
        "parameters": [
            *_path_parameters(endpoint),
            *_query_parameters(endpoint, language),
            *_headers(endpoint, language),
        ],
        "responses": _responses(endpoint, schemas),
    }
    if endpoint.help:
        shown["description"] = translate(endpoint.help, language)
    if endpoint.public:
        shown["security"] = []
    elif endpoint.tag != "sessions":  # what is done by a person who has signed in
        shown["x-token-scope"] = endpoint.token_scope.value
    if endpoint.body is not None:
        content = {"schema": schemas.of(endpoint.body), "example": example_of(endpoint.body)}
        shown["requestBody"] = {"required": True, "content": {"application/json": content}}
    if endpoint.upload:
        shown["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": FILE_FORM}}}
    return shown


def _path_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    found = PARAMETER.findall(endpoint.path)
    return [{"name": name, "in": "path", "required": True, "schema": KINDS[kind]} for name, kind in found]


def _query_parameters(endpoint: Endpoint, language: str) -> list[dict[str, Any]]:
    if endpoint.query is None:
        return []
    found = query_schemas(endpoint.query, language)
    return [{"name": name, "in": "query", "required": needed, "schema": schema} for name, needed, schema in found]


def _headers(endpoint: Endpoint, language: str) -> list[dict[str, Any]]:
    wanted = []
    if endpoint.versioned:
        wanted.append(("If-Match", IF_MATCH, True))
    if endpoint.once:
        wanted.append(("Idempotency-Key", IDEMPOTENCY_KEY, False))
    if endpoint.method != "GET" and not endpoint.public:
        wanted.append(("X-CSRF-Token", CSRF, False))
    return [
        {
            "name": name,
            "in": "header",
            "required": required,
            "description": translate(text, language),
            "schema": {"type": "string"},
        }
        for name, text, required in wanted
    ]


def _responses(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    problem = {MEDIA_TYPE: {"schema": schemas.of(Problem)}}
    refusals = {str(status): {"description": text, "content": problem} for status, text in _refusals(endpoint)}
    return {str(endpoint.status): _success(endpoint, schemas), **_otherwise(endpoint, schemas), **refusals}


def _otherwise(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    if endpoint.otherwise is None:
        return {}
    status, kind = endpoint.otherwise
    return {
        str(status): {"description": "one step more", "content": {"application/json": {"schema": schemas.of(kind)}}}
    }


def _success(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    if endpoint.download:
        return {"description": "file", "content": {kind: {"schema": BINARY} for kind in endpoint.kinds}}
    if endpoint.answer is None:
        return {"description": "done"}
    content = {"schema": schemas.of(endpoint.answer), "example": example(endpoint.answer)}
    return {"description": "done", "content": {"application/json": content}}


def _refusals(endpoint: Endpoint) -> list[tuple[int, str]]:
    found = [(401, "not signed in"), (404, "absent or invisible")]
    if not endpoint.public:
        found.append((403, "visible, but not yours to do"))
    if endpoint.body or endpoint.query or endpoint.upload:
        found += [(400, "not JSON"), (413, "too large"), (422, "fields that break a rule")]
    if endpoint.body:
        found.append((415, "not application/json"))
    if endpoint.versioned:
        found += [(409, "the state refuses"), (412, "stale version"), (428, "If-Match is missing")]
    if endpoint.once and not endpoint.versioned:
        found.append((409, "the state refuses"))
    if NUMBERED.search(endpoint.path):
        found.append((422, "a number that nothing can have"))
    known = {status for status, _ in found}
    found += [(status, FURTHER[status]) for status in endpoint.refuses if status not in known]
    if endpoint.limited:
        found.append((429, "too often; Retry-After says when"))
    return sorted(found)
