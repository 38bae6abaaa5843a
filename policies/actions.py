"""The vocabulary of rights. Grammar: `noun:verb`, with a field group as a suffix of `case:read` (`case:read.identity`).

The same words stand in the rules, the audit and the tests. Alphabetical inside each noun.
"""

from enum import StrEnum


class Action(StrEnum):
    ACCESS_LOG_READ = "access:log_read"

    AGREEMENT_CONFIRM = "agreement:confirm"
    AGREEMENT_DRAFT = "agreement:draft"
    AGREEMENT_SEAL = "agreement:seal"
    AGREEMENT_SIGN = "agreement:sign"

    ANALYSIS_WRITE = "analysis:write"
    ASSIST_LEND = "assist:lend"
    AUDIT_READ = "audit:read"

    CASE_ACCEPT = "case:accept"
    CASE_APPROVE_REGISTRATION = "case:approve_registration"
    CASE_ASSESS = "case:assess"
    CASE_ASSIGN = "case:assign"
    CASE_CLOSE = "case:close"
    CASE_FIND = "case:find"
    CASE_NOTE = "case:note"
    CASE_READ = "case:read"
    CASE_READ_CONTACT = "case:read.contact"
    CASE_READ_CONTACT_MASKED = "case:read.contact_masked"
    CASE_READ_FINAL = "case:read.final"
    CASE_READ_IDENTITY = "case:read.identity"
    CASE_READ_IDENTITY_MASKED = "case:read.identity_masked"
    CASE_READ_MONEY = "case:read.money"
    CASE_READ_NOTES = "case:read.notes"
    CASE_READ_OPINION = "case:read.opinion"
    CASE_READ_SENSITIVE = "case:read.sensitive"
    CASE_READ_STATEMENT = "case:read.statement"
    CASE_READ_TIMELINE = "case:read.timeline"
    CASE_READ_TOTALS = "case:read.totals"
    CASE_REFUSE = "case:refuse"
    CASE_REGISTER = "case:register"
    CASE_STATUS = "case:status"
    CASE_TERMINATE = "case:terminate"

    CONSENT_GIVE = "consent:give"
    CONSENT_RECORD = "consent:record"
    CONSENT_WITHDRAW = "consent:withdraw"

    DOSSIER_ARCHIVE = "dossier:archive"
    DOSSIER_CHECK = "dossier:check"

    ENTRUST_PROPOSE = "entrust:propose"
    ENTRUST_SIGN = "entrust:sign"

    EVIDENCE_ADD = "evidence:add"
    FEE_RECORD = "fee:record"

    HANDOVER_ACCEPT = "handover:accept"
    HANDOVER_OFFER = "handover:offer"
    HANDOVER_PREVIEW = "handover:preview"
    HANDOVER_RETURN = "handover:return"
    HANDOVER_WITHDRAW = "handover:withdraw"

    LEDGER_READ = "ledger:read"
    OPINION_CONFER = "opinion:confer"
    OPINION_DRAFT = "opinion:draft"
    OPINION_ISSUE = "opinion:issue"

    ORDER_ISSUE = "order:issue"
    ORDER_REPLY = "order:reply"
    ORDER_STRIKE_OFF = "order:strike_off"
    ORDER_URGE = "order:urge"

    PANEL_OPINE = "panel:opine"
    PAPER_READ = "paper:read"
    PARTY_REVEAL = "party:reveal"
    PAYER_CONFIRM = "payer:confirm"
    PERFORMANCE_RECORD = "performance:record"
    PLAN_WRITE = "plan:write"

    REFERRAL_RECORD = "referral:record"
    RELIEF_REFER = "relief:refer"
    RESULT_READ = "result:read"
    RETURN_VISIT = "visit:return"
    SESSION_RECORD = "session:record"
    STATS_READ = "stats:read"

    SUBSIDY_APPROVE = "subsidy:approve"
    SUBSIDY_PAY = "subsidy:pay"
    SUBSIDY_PROPOSE = "subsidy:propose"
    SUBSIDY_REVIEW = "subsidy:review"

    TEAM_FORM = "team:form"
    TEAM_DISSOLVE = "team:dissolve"
    TIMER_EXTEND = "timer:extend"
    TIMER_PAUSE = "timer:pause"
    TRAVEL_APPROVE = "travel:approve"
    TRAVEL_REQUEST = "travel:request"
    WARNING_ISSUE = "warning:issue"
    WARNING_READ = "warning:read"

    # Operators' actions: no case relation, decided by role alone.
    ACCOUNT_MANAGE = "account:manage"
    ACCOUNT_RESET_FACTOR = "account:reset_factor"
    AUDIT_VERIFY = "audit:verify"
    DICTIONARY_MANAGE = "dictionary:manage"
    TENANT_MANAGE = "tenant:manage"
