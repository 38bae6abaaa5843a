"""One grammar for what is done: `noun:verb`, with a field group as a suffix of a verb that reads.

Rights (`policies.actions.Action`) and what happens without one (`Happening`) share it; the audit takes nothing else.
"""

from enum import StrEnum


class Word(StrEnum):
    """A word of the grammar; the vocabularies are its subclasses."""


class Happening(Word):
    """What the audit records though no rule grants it: everybody's own account, the operator's work, the clock."""

    ACCOUNT_ACCEPT_INVITATION = "account:accept_invitation"
    ACCOUNT_CHANGE_PASSWORD = "account:change_password"
    ACCOUNT_CHOOSE_POST = "account:choose_post"
    ACCOUNT_ENROL_FACTOR = "account:enrol_factor"
    ACCOUNT_MAKE_TOKEN = "account:make_token"
    ACCOUNT_PROVE_CHANNEL = "account:prove_channel"
    ACCOUNT_REMOVE_CHANNEL = "account:remove_channel"
    ACCOUNT_REMOVE_FACTOR = "account:remove_factor"
    ACCOUNT_RENEW_CODES = "account:renew_codes"
    ACCOUNT_REVOKE_TOKEN = "account:revoke_token"
    ACCOUNT_SECOND_STEP = "account:second_step"
    ACCOUNT_SET_CHANNEL = "account:set_channel"
    ACCOUNT_SIGN_IN = "account:sign_in"
    ACCOUNT_SIGN_OUT = "account:sign_out"
    ACCOUNT_SIGN_OUT_EVERYWHERE = "account:sign_out_everywhere"
    BACKUP_MADE = "backup:made"
    BACKUP_RESTORED = "backup:restored"
    KEY_ADD = "key:add"
    KEY_RETIRE = "key:retire"
    NOTICE_SWITCH = "notice:switch"
    POLICY_PUBLISH = "policy:publish"
    REQUEST_REFUSED = "request:refused"
    SUBSIDY_RECOVERABLE = "subsidy:recoverable"
    TIMER_OVERDUE = "timer:overdue"
    TIMER_RECKONED = "timer:reckoned"
    TREE_BROUGHT = "tree:brought"
