"""Rules are written, tried, put in force, compared and taken back over the API."""

import uuid
from typing import Any

import pytest

from app.rewards.services import rules_of
from tests.support.members import advance, unit_of_work

WELCOME = {
    "name": "환영",
    "trigger": {"on": "nth_order", "n": 1},
    "conditions": {"minimum_amount": 30_000},
    "effects": [{"points": 3000, "expires_in_days": 30}],
    "limits": {"per_member": {"times": 1}},
}
PATH = "/v1/reward-rules/WELCOME"


@pytest.fixture
def rule(brand: Any) -> Any:
    return brand.api.put(PATH, WELCOME, expect=201)


def live(brand: Any) -> list[tuple[str, int]]:
    from app.brands import services as brands

    with unit_of_work(brand):
        found = rules_of(brand.brand_id, brands.programme_version(brand.brand_id))
    return [(each.code, each.version) for each in found]


def test_a_new_rule_is_a_draft_that_says_itself(brand, rule) -> None:
    assert (rule["status"], rule["version"]) == ("draft", 1)
    assert rule["sentence"]["ko"] == (
        "첫 주문이 30,000원 이상이면 3,000P를 줘요(30일 안에 사용), 회원마다 한 번"
    )
    assert {name: rule[name] for name in WELCOME} == WELCOME
    assert brand.api.get(PATH) == rule
    assert live(brand) == []


def test_saying_the_same_again_makes_no_version(brand, rule) -> None:
    same = {**WELCOME, "schedule": {}, "conditions": {"minimum_amount": 30_000, "tiers": []}}
    assert brand.api.put(PATH, same) == rule
    assert [each["version"] for each in brand.api.get(f"{PATH}/versions")["data"]] == [1]


def test_a_change_is_a_new_version_and_the_old_one_stays_readable(brand, rule) -> None:
    brand.api.post(f"{PATH}/activate", expect=200)
    assert live(brand) == [("WELCOME", 1)]
    changed = {**WELCOME, "effects": [{"points": 5000}], "conditions": {"minimum_amount": 50_000}}
    assert brand.api.put(PATH, changed)["status"] == "active"
    assert live(brand) == [("WELCOME", 2)]
    versions = brand.api.get(f"{PATH}/versions")["data"]
    assert [each["version"] for each in versions] == [2, 1]
    assert versions[1]["effects"] == WELCOME["effects"]
    assert brand.api.get(f"{PATH}/versions/1") == versions[1]


def test_a_diff_tells_field_by_field_what_changed(brand, rule) -> None:
    changed = {**WELCOME, "conditions": {"minimum_amount": 50_000}, "holdout_percent": 10}
    brand.api.put(PATH, changed)
    diff = brand.api.get(f"{PATH}/versions/2/diff")
    assert diff["against"] == 1
    assert diff["changes"] == [
        {"path": "/conditions/minimum_amount", "before": 30_000, "after": 50_000},
        {"path": "/holdout_percent", "before": None, "after": 10},
    ]
    assert "30,000원" in diff["sentence_before"]["ko"]
    assert "50,000원" in diff["sentence"]["ko"]
    back = brand.api.get(f"{PATH}/versions/1/diff?against=2")
    assert [each["before"] for each in back["changes"]] == [50_000, 10]
    first = brand.api.get(f"{PATH}/versions/1/diff")
    assert (first["against"], first["sentence_before"]) == (None, None)
    brand.api.refused("GET", f"{PATH}/versions/3/diff", code="reward_rule_version_not_found")


def test_a_rollback_says_again_what_was_said(brand, rule) -> None:
    brand.api.put(PATH, {**WELCOME, "name": "다른 이름"})
    back = brand.api.post(f"{PATH}/rollback", {"version": 1}, expect=200)
    assert (back["version"], back["name"]) == (3, "환영")
    assert [each["name"] for each in brand.api.get(f"{PATH}/versions")["data"]] == [
        "환영", "다른 이름", "환영",
    ]  # fmt: skip
    brand.api.refused(
        "POST", f"{PATH}/rollback", {"version": 9}, code="reward_rule_version_not_found"
    )


def test_the_life_of_a_rule(brand, rule) -> None:
    api = brand.api
    api.refused("POST", f"{PATH}/pause", code="reward_rule_is_draft")
    for step, status, there in (
        ("activate", "active", True), ("activate", "active", True), ("pause", "paused", False),
        ("activate", "active", True), ("end", "ended", False), ("end", "ended", False),
    ):  # fmt: skip
        assert api.post(f"{PATH}/{step}", expect=200)["status"] == status
        assert (live(brand) != []) == there
    for step in ("activate", "pause"):
        api.refused("POST", f"{PATH}/{step}", code="reward_rule_ended")
    api.refused("PUT", PATH, {**WELCOME, "name": "x"}, code="reward_rule_ended")
    api.refused("POST", "/v1/reward-rules/NONE/end", code="reward_rule_not_found")
    trail = api.get("/v1/audit-log?subject=reward_rule:WELCOME")["data"]
    assert [each["action"].removeprefix("reward_rule.") for each in trail] == [
        "ended", "live", "paused", "live", "created",
    ]  # fmt: skip


def test_a_schedule_begins_and_ends_by_itself(brand, rule) -> None:
    api = brand.api
    api.post("/v1/test-clock", {"now": "2026-05-01T00:00:00+09:00"}, expect=200)
    june = {"starts_at": "2026-05-02T00:00:00+09:00", "ends_at": "2026-05-03T00:00:00+09:00"}
    scheduled = api.post(f"{PATH}/schedule", june, expect=200)
    assert (scheduled["status"], scheduled["version"]) == ("scheduled", 2)
    assert "2026-05-02 00:00부터 2026-05-03 00:00까지" in scheduled["sentence"]["ko"]

    def listed() -> dict[str, list[str]]:
        return {
            status: [rule["code"] for rule in api.get(f"/v1/reward-rules?status={status}")["data"]]
            for status in ("draft", "scheduled", "active", "paused", "ended")
            if api.get(f"/v1/reward-rules?status={status}")["data"]
        }

    assert listed() == {"scheduled": ["WELCOME"]}
    advance(brand, "P1D")
    assert api.get(PATH)["status"] == "active"
    assert listed() == {"active": ["WELCOME"]}
    advance(brand, "P1D")
    assert api.get(PATH)["status"] == "ended"
    assert listed() == {"ended": ["WELCOME"]}
    api.refused("POST", f"{PATH}/activate", code="reward_schedule_over")
    api.refused("POST", f"{PATH}/schedule", june, code="reward_schedule_over")
    again = api.post(f"{PATH}/schedule", {"ends_at": "2026-06-01T00:00:00+09:00"}, expect=200)
    assert again["status"] == "active"


def test_so_many_rules_can_be_in_force_and_no_more(brand, rule, owner) -> None:
    owner.execute(
        "INSERT INTO reward_rules SELECT %s, 'L' || n, 'live', 1, now(), now()"
        "  FROM generate_series(1, 200) n",
        (brand.brand_id,),
    )
    brand.api.refused("POST", f"{PATH}/activate", code="too_many_reward_rules")
    later = {"ends_at": "2999-01-01T00:00:00Z"}
    brand.api.refused("POST", f"{PATH}/schedule", later, code="too_many_reward_rules")
    assert brand.api.get(PATH) == rule


def test_what_is_refused_leaves_nothing_behind_that_others_see(brand, rule, owner) -> None:
    """A number of the programme that was never given out must not be remembered."""
    owner.execute(
        "INSERT INTO reward_rules SELECT %s, 'L' || n, 'live', 1, now(), now()"
        "  FROM generate_series(1, 200) n",
        (brand.brand_id,),
    )
    later = {"ends_at": "2999-01-01T00:00:00Z"}
    brand.api.refused("POST", f"{PATH}/schedule", later, code="too_many_reward_rules")
    coupon = {"name": "C", "kind": "fixed", "amount": 1000, "validity": {"days_from_issue": 30}}
    assert brand.api.send("PUT", "/v1/coupon-templates/NEW", coupon).status_code == 201
    brand.api.put(PATH, {**WELCOME, "effects": [{"coupon": "NEW"}]})


def test_lists_are_paged_by_code(brand) -> None:
    for code in ("B", "C", "A"):
        brand.api.put(f"/v1/reward-rules/{code}", WELCOME, expect=201)
    first = brand.api.get("/v1/reward-rules?limit=2")
    rest = brand.api.get(f"/v1/reward-rules?limit=2&cursor={first['next_cursor']}")
    assert [each["code"] for each in first["data"] + rest["data"]] == ["A", "B", "C"]


def test_stats_of_a_rule_that_has_given_nothing(brand) -> None:
    limited = {**WELCOME, "limits": {"total_grants": 100, "total_points": 500_000}}
    brand.api.put(PATH, limited, expect=201)
    stats = brand.api.get(f"{PATH}/stats")
    assert (stats["grants"], stats["members"], stats["points"]) == (0, 0, 0)
    assert stats["total_grants"] == {"used": 0, "limit": 100, "left": 100}
    assert stats["total_points"] == {"used": 0, "limit": 500_000, "left": 500_000}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"trigger": {"on": "never"}}, "/trigger/on"),
        ({"trigger": {"on": "nth_order"}}, "/trigger/n"),
        ({"trigger": {"on": "nth_order", "n": 1, "every": 2}}, "/trigger/n"),
        ({"trigger": {"on": "order_paid", "n": 1}}, "/trigger/n"),
        ({"trigger": {"on": "repurchase"}}, "/trigger/kind"),
        ({"trigger": {"on": "event"}}, "/trigger/type"),
        ({"trigger": {"on": "member_joined"}}, "/conditions/minimum_amount"),
        (
            {"trigger": {"on": "birthday"}, "conditions": {},
             "effects": [{"points": 1}, {"percent_basis_points": 1}]},
            "/effects/1/percent_basis_points",
        ),
        (
            {"trigger": {"on": "stamp_card_completed"}, "conditions": {},
             "effects": [{"stamps": 1, "programme": "TEA"}]},
            "/effects/0/stamps",
        ),
        (
            {"trigger": {"on": "birthday"}, "conditions": {},
             "limits": {"maximum_margin_percent": 10}},
            "/limits/maximum_margin_percent",
        ),
        ({"effects": []}, "/effects"),
        ({"effects": [{"points": 1, "tag": "a"}]}, "/effects/0"),
        ({"effects": [{"points": 1, "maximum_points": 1}]}, "/effects/0/maximum_points"),
        ({"effects": [{"multiplier_percent": 100}]}, "/effects/0/multiplier_percent"),
        ({"effects": [{"coupon": "NONE"}]}, "/effects/0/coupon"),
        ({"effects": [{"stamps": 1, "programme": "NONE"}]}, "/effects/0/programme"),
        ({"conditions": {"tiers": ["NONE", "LV9"]}}, "/conditions/tiers/1"),
        ({"conditions": {"maximum_amount": 1, "minimum_amount": 2}}, "/conditions/maximum_amount"),
        ({"conditions": {"window": {"from_time": "24:00"}}}, "/conditions/window/from_time"),
        (
            {"conditions": {"days_since_last_order": {"at_least": 2, "at_most": 1}}},
            "/conditions/days_since_last_order/at_most",
        ),
        ({"stacking": {"mode": "best"}}, "/stacking/group"),
        ({"stacking": {"group": "G"}}, "/stacking/mode"),
        (
            {"schedule": {"starts_at": "2026-05-02T00:00:00Z", "ends_at": "2026-05-02T00:00:00Z"}},
            "/schedule/ends_at",
        ),
        ({"holdout_percent": 51}, "/holdout_percent"),
        ({"unknown": 1}, "/unknown"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(brand, change: dict[str, Any], pointer: str) -> None:
    response = brand.api.send("PUT", PATH, {**WELCOME, **change})
    assert response.status_code == 422
    assert pointer in {each["pointer"] for each in response.get_json(force=True)["errors"]}
    brand.api.get(PATH, expect=404)


def test_a_code_must_be_a_code(brand) -> None:
    brand.api.refused("PUT", "/v1/reward-rules/한글", WELCOME, code="code_invalid")


def test_all_rules_of_a_group_stack_in_one_way(brand) -> None:
    best = {**WELCOME, "stacking": {"group": "G", "mode": "best"}}
    other = {**WELCOME, "stacking": {"group": "G", "mode": "priority"}}
    brand.api.put("/v1/reward-rules/A", best, expect=201)
    brand.api.put("/v1/reward-rules/B", best, expect=201)
    problem = brand.api.refused("PUT", "/v1/reward-rules/B", other, code="stacking_modes_differ")
    assert (problem["group"], problem["rule"], problem["mode"]) == ("G", "A", "best")
    brand.api.post("/v1/reward-rules/A/end", expect=200)
    brand.api.put("/v1/reward-rules/B", other)


def test_a_step_of_life_is_done_once_for_its_key(brand, rule) -> None:
    key = uuid.uuid4().hex
    first = brand.api.post(f"{PATH}/activate", expect=200, key=key)
    brand.api.post(f"{PATH}/pause", expect=200)
    assert brand.api.post(f"{PATH}/activate", expect=200, key=key) == first
    assert brand.api.get(PATH)["status"] == "paused"
