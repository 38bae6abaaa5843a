"""All pages."""

from litestar.handlers import HTTPRouteHandler

from web import (
    access,
    access_requests,
    acts,
    audit,
    bulk,
    case_list,
    case_page,
    case_past,
    complaints,
    delegations,
    desk,
    disputes,
    drafts,
    factor_resets,
    files,
    funding,
    funding_budget_requests,
    funding_budgets,
    funding_duty,
    funding_ledger,
    funding_payments,
    grants,
    handovers,
    home,
    inspections,
    intake,
    intake_mapping,
    language_switch,
    leading_group,
    leads,
    looks,
    overview,
    own_acts,
    own_factor,
    papers,
    passed_on,
    policy,
    policy_drafts,
    policy_matrix,
    policy_rows,
    program_tokens,
    referred,
    registration,
    responsibilities,
    second_step,
    sign_in,
    status,
    tree,
    tree_plans,
)

MODULES = (
    access_requests, looks, home, language_switch, sign_in, second_step, own_factor, status, desk, case_list,
    registration, drafts, case_page, case_past, access, delegations, acts, own_acts, papers, files, handovers, bulk,
    intake, intake_mapping, disputes, inspections, complaints, referred, leading_group, leads, responsibilities, tree,
    tree_plans, funding, funding_budgets, funding_budget_requests, funding_ledger, funding_duty, funding_payments,
    overview, passed_on, program_tokens, audit, factor_resets, grants, policy, policy_matrix, policy_drafts,
    policy_rows,
)  # fmt: skip


def routes() -> list[HTTPRouteHandler]:
    return [route for module in MODULES for route in module.ROUTES]
