"""No text may hold a promise not to petition, sue or complain (26a, N8); texts that keep a right open pass."""

import pytest

from cases.editions import EDITIONS
from cases.renunciation import REPEATS, holds_renunciation, refuse_renunciation
from foundation.errors import InvalidInput
from teams.opinion import OpinionForm
from tests.teams.build import OPINION, broken

PROMISES = (
    "申请人承诺不再上访",
    "今后不再就该事项以任何形式信访",
    "双方签字后，申请人息诉罢访",
    "自愿停访息诉",
    "放弃诉讼权利",
    "不得再向任何机关起诉、投诉",
    "不再到有权机关上访",
    "不再到信访局反映",
    "保证不进京上访",
    "诉讼权利自愿放弃",
    "不以任何形式向媒体反映",
    "永不申诉",
    "不可以再起诉",
    "不得因此事申请仲裁",
    "申请人不得以同一事实和理由，再向任何部门提出信访事项",
    "不再追究对方任何责任",
    "绝不举报",
    "放弃申请行政复议的权利",
    "停止一切信访活动",
    "不再找政府",
    "今后不再找任何部门和领导",
    "不去北京反映",
    "不走法律途径",
    "不得通过司法途径解决",
    "不再以任何方式表达诉求",
    "自愿签订息诉协议",
    "别再上访了",
    "永不缠访",
    "从此不再打官司",
    "出具无访承诺书",
    "如再上访，退还全部补偿款",
    "一旦继续信访，视为违约",
    "若再起诉，甲方有权收回款项",
    "Party A will never petition again",
    "The petitioner waives the right to sue",
    "agrees not to complain to any authority",
    "Party A shall not, under any circumstances, petition",
    "gives up all appeals",
    "is to refrain from petitioning",
    "Party B will no longer go to court",
    "never 上访",
    "不再petition",
)
EVASIONS = (
    "甲方不 再 上 访",
    "签字后不再\u200b上\u200b访",
    "不得再\u3000起诉",
    "不\n再信访",
    "不再上訪",
    "不再上·访",
    "不再上-访",
    "NEVER\nSUE",
)
LAWFUL = (
    "一方不履行的，对方可以向人民法院起诉",
    "本协议不影响当事人依法信访、起诉的权利",
    "任何一方不得限制、阻止当事人依法信访",
    "乙方不得拖延，甲方可以起诉",
    "逾期不支付的，承担违约责任",
    "乙方负责修复，不得再次爆破",
    "当事人不接受调解的，可以依法仲裁、诉讼",
    "不能协商一致的，双方可依法起诉",
    "信访人张某等十一户",
    "不得对投诉、举报人打击报复",
    "鉴定费由乙方承担，不再由信访人垫付",
    "经走访核实，墙体裂缝共计七处",
    "未停止施工，村民多次上访",
    "乙方放弃抗辩，承担全部赔偿责任",
    "如乙方不履行，甲方可以起诉，诉讼费由乙方承担",
    "如起诉，诉讼费由败诉方承担",
    "不能通过调解解决的，可以走法律途径",
    "双方不再就租金金额争议",
    "到州里医院就诊的费用由乙方承担",
    "If the debtor does not pay, the creditor may sue",
    "This agreement does not affect the right to petition",
    "Neither party shall restrict the other's right to sue",
    "The company shall not delay payment; the creditor may sue",
)


@pytest.mark.obligation("26a", "N8")
@pytest.mark.parametrize("text", PROMISES)
def test_a_promise_to_give_up_a_right_is_found(text: str) -> None:
    assert holds_renunciation(text)


@pytest.mark.parametrize("text", EVASIONS, ids=range(len(EVASIONS)))
def test_blanks_and_invisible_signs_do_not_hide_it(text: str) -> None:
    assert holds_renunciation(text)


@pytest.mark.parametrize("text", LAWFUL)
def test_a_text_that_keeps_the_rights_open_passes(text: str) -> None:
    assert not holds_renunciation(text)


def test_every_field_with_such_a_promise_is_named() -> None:
    form = OpinionForm(**(OPINION | {"proposal": "支付后不再上访", "other_ways": "放弃起诉"}))
    with pytest.raises(InvalidInput) as error:
        refuse_renunciation(form)
    assert broken(error) == {("proposal", "renunciation"), ("other_ways", "renunciation")}


def test_every_act_that_may_repeat_such_words_is_an_act() -> None:
    assert EDITIONS[-1].moves.keys() >= REPEATS


@pytest.mark.parametrize("act", ["draft-agreement", "seal-agreement", "terminate", "record-referral", "close-case"])
def test_no_act_on_the_agreement_side_may_repeat_them(act: str) -> None:
    assert act in EDITIONS[-1].moves and act not in REPEATS
