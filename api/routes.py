"""All routes of the API, made with their documentation from one list."""

from litestar.handlers import HTTPRouteHandler

from api import (
    access,
    access_log,
    access_requests,
    accounts,
    act_options,
    acts,
    audit,
    bulk,
    case_parts,
    case_past,
    cases,
    delegations,
    disputes,
    documentation,
    files,
    funding_budgets,
    funding_claims,
    funding_duty,
    funding_ledger,
    funding_payments,
    funding_rules,
    grants,
    handling_parts,
    handover,
    intake,
    leading_group,
    leads,
    me,
    oversight,
    overview,
    passed_on,
    petitioner,
    petitioner_acts,
    policy,
    policy_drafts,
    program_tokens,
    responsibilities,
    room_parts,
    second_factor,
    sessions,
    tree,
    tree_plans,
    warnings,
)
from api.endpoint import Endpoint
from cases.catalogue import Catalogue

MODULES = (
    sessions,
    second_factor,
    program_tokens,
    me,
    cases,
    case_parts,
    case_past,
    room_parts,
    handling_parts,
    files,
    handover,
    bulk,
    intake,
    leading_group,
    leads,
    disputes,
    oversight,
    responsibilities,
    tree,
    tree_plans,
    funding_budgets,
    funding_claims,
    funding_duty,
    funding_ledger,
    funding_payments,
    funding_rules,
    overview,
    passed_on,
    access,
    access_log,
    access_requests,
    delegations,
    petitioner,
    petitioner_acts,
    act_options,
    warnings,
    audit,
    accounts,
    grants,
    policy,
    policy_drafts,
)


def routes(catalogue: Catalogue) -> list[HTTPRouteHandler]:
    found = endpoints(catalogue)
    return [*(endpoint.route() for endpoint in found), *documentation.routes(found)]


def endpoints(catalogue: Catalogue) -> tuple[Endpoint, ...]:
    return (*(endpoint for module in MODULES for endpoint in module.ENDPOINTS), *acts.endpoints(catalogue))
