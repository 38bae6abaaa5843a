"""What the log's codes are called: an act by its title, everything else by the words below."""

from collections.abc import Mapping

from cases.catalogue import Catalogue
from foundation.language import N_, translate
from policies.words import ACTION_NAMES

ACTIONS: Mapping[str, str] = {
    "access:request": N_("申请越权查阅"),
    "account:accept_invitation": N_("接受邀请并设置密码"),
    "account:change_password": N_("修改密码"),
    "account:choose_post": N_("选择岗位"),
    "account:enrol_factor": N_("登记两步验证"),
    "account:make_token": N_("建立程序令牌"),
    "account:manage": N_("管理人员、岗位和账号"),
    "account:prove_channel": N_("验证站外通知地址"),
    "account:remove_channel": N_("删除站外通知渠道"),
    "account:remove_factor": N_("取消两步验证"),
    "account:renew_codes": N_("换一组恢复码"),
    "account:reset_factor": N_("重置两步验证"),
    "account:revoke_token": N_("撤销程序令牌"),
    "account:second_step": N_("两步验证"),
    "account:set_channel": N_("设置站外通知渠道"),
    "account:sign_in": N_("登录"),
    "account:sign_out": N_("退出登录"),
    "account:sign_out_everywhere": N_("在所有设备上退出"),
    "audit:verify": N_("核验审计链"),
    "backup:made": N_("备份"),
    "backup:restored": N_("恢复备份"),
    "case:note": N_("写备注"),
    "case:register": N_("登记案件"),
    "dictionary:manage": N_("修改基础数据"),
    "key:add": N_("新增根密钥"),
    "key:retire": N_("停用旧密钥"),
    "key:rotate": N_("轮换密钥"),
    "policy:approve": N_("批准规则"),
    "policy:draft": N_("起草规则"),
    "policy:publish": N_("发布规则"),
    "request:refused": N_("请求被拒绝"),
    "role:grant": N_("确认或拒绝岗位"),
    "tenant:manage": N_("管理单位和机构"),
    "notice:switch": N_("开关通知"),
    "timer:overdue": N_("期限届满"),
    "timer:reckoned": N_("公布放假安排后重算最后一日"),
    "subsidy:recoverable": N_("误付补助列入追回"),
    "tree:brought": N_("随区划调整"),
}
"""`case:note` is also how a denunciation is forwarded: nothing here may hint at one (N3)."""

NAMES: Mapping[str, str] = {str(action): name for action, name in ACTION_NAMES.items()}

OBJECTS: Mapping[str, str] = {
    "access_request": N_("查阅申请"),
    "account": N_("账号"),
    "audit": N_("审计链"),
    "backup": N_("备份"),
    "calendar_days": N_("节假日与调休"),
    "term_settings": N_("期限设置"),
    "case": N_("案件"),
    "delegation": N_("授权"),
    "dispute_types": N_("纠纷类型字典"),
    "job": N_("后台任务"),
    "key": N_("密钥"),
    "notice_channel": N_("站外通知渠道"),
    "office": N_("机构"),
    "path": N_("地址"),
    "person": N_("人员"),
    "post": N_("岗位"),
    "rule_draft": N_("规则草案"),
    "rules": N_("规则"),
    "tariff_change": N_("标准和规则的变更"),
    "tariff_rates": N_("费用标准"),
    "token": N_("程序令牌"),
    "tree": N_("组织树"),
    "webhook": N_("推送"),
}


def action_text(catalogue: Catalogue, action: str) -> str:
    """In the reader's language; several acts may be one right. A code without a word stays a code."""
    if action in ACTIONS:
        return translate(ACTIONS[action])
    acts = [translate(act.title) for act in catalogue.acts.values() if act.action == action]
    return " / ".join(acts) or translate(NAMES.get(action, action))


def object_text(kind: str) -> str:
    return translate(OBJECTS.get(kind, kind))
