"""Any sequence of exchanges, cancellations and changes of the item does as a plain model."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.exchanges.shop import audit, make_member, open_shop, put_item
from tests.support.api import TestBrand
from tests.support.members import balance

MEMBERS = ("1", "2")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("exchange"), st.sampled_from(MEMBERS), st.integers(1, 3)),
        st.tuples(st.just("cancel"), st.integers(0, 9)),
        st.tuples(
            st.just("put"),
            st.integers(1, 3).map(lambda n: n * 100),
            st.none() | st.integers(0, 8),
            st.none() | st.integers(1, 4),
        ),
    ),
    min_size=1,
    max_size=14,
)


@dataclass
class Model:
    """An item, two members and their exchanges as plain numbers."""

    points: int = 100
    stock: int | None = 5
    limit: int | None = 3
    balances: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MEMBERS, 1000))
    made: list[dict[str, Any]] = field(default_factory=list)

    def pieces(self, member: str | None = None) -> int:
        return sum(
            each["quantity"]
            for each in self.made
            if each["in_force"] and member in (None, each["member"])
        )

    def refusal(self, member: str, quantity: int) -> str | None:
        if self.stock is not None and self.pieces() + quantity > self.stock:
            return "exchange_stock_short" if self.pieces() < self.stock else "exchange_sold_out"
        if self.limit is not None and self.pieces(member) + quantity > self.limit:
            return "exchange_limit_reached"
        if self.points * quantity > self.balances[member]:
            return "insufficient_points"
        return None


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_exchanges_do_as_the_model_does(make_brand: Any, steps: list[Any]) -> None:
    brand: TestBrand = make_brand()
    model = Model()
    open_shop(brand, points=100, stock=5, per_member_limit=3)
    paths = {name: make_member(brand, name, points=1000) for name in MEMBERS}
    for step in steps:
        match step:
            case ("exchange", member, quantity):
                _exchange(brand, model, paths[member], member, quantity)
            case ("cancel", number) if model.made:
                _cancel(brand, model, model.made[number % len(model.made)])
            case ("put", points, stock, limit):
                model.points, model.stock, model.limit = points, stock, limit
                put_item(brand, points=points, stock=stock, per_member_limit=limit)
    assert brand.api.get("/v1/exchange-items/MUG")["taken"] == model.pieces()
    for name, path in paths.items():
        assert balance(brand, path)["available"] == model.balances[name]
    assert audit(brand) == []


def _exchange(brand: TestBrand, model: Model, path: str, member: str, quantity: int) -> None:
    body = {"item": "MUG", "quantity": quantity}
    response = brand.api.send("POST", f"{path}/exchanges", body)
    refusal = model.refusal(member, quantity)
    answer = response.get_json(force=True)
    assert answer.get("code") == refusal
    if refusal is None:
        model.balances[member] -= model.points * quantity
        made = {"id": answer["id"], "member": member, "quantity": quantity, "in_force": True}
        model.made.append({**made, "points": model.points * quantity})


def _cancel(brand: TestBrand, model: Model, made: dict[str, Any]) -> None:
    path = f"/v1/exchanges/{made['id']}/cancel"
    answer = brand.api.post(path, {"reason": "변심"}, expect=200)
    back = made["points"] if made["in_force"] else 0
    assert answer["given_back"]["restored"] == back
    made["in_force"] = False
    model.balances[made["member"]] += back
