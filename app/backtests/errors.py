"""The refusals of backtests."""

from app.errors import RuleViolation


class BacktestNotPossible(RuleViolation):
    code = "backtest_not_possible"
    ko = (
        "{trigger} 계기의 규칙은 지난 기록으로 시험해 볼 수 없어요."
        " 시험해 볼 수 있는 계기는 {possible}이에요."
    )
    en = "A rule on {trigger} cannot be tried on the past. Rules on these triggers can: {possible}."


class BacktestTooLong(RuleViolation):
    code = "backtest_too_long"
    ko = "{days}일은 너무 길어요. 한 번에 {most}일까지 시험해 볼 수 있으니 기간을 나눠 주세요."
    en = "{days} days are too many: at most {most} can be tried at once. Split the period."


class BacktestTooLarge(RuleViolation):
    code = "backtest_too_large"
    ko = "이 기간에는 살펴볼 기록이 {most}건보다 많아요. from과 to 사이를 더 짧게 잡아 주세요."
    en = (
        "There is more to look at in this period than the {most} that can be tried at once."
        " Bring from and to closer together."
    )
