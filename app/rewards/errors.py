"""The refusals of reward rules."""

from app.errors import NotFound


class RewardRuleNotFound(NotFound):
    code = "reward_rule_not_found"
    ko = "{rule}라는 리워드 규칙을 찾을 수 없어요. GET /v1/reward-rules에서 코드를 확인해 주세요."
    en = "There is no reward rule {rule}. See GET /v1/reward-rules for the codes."
