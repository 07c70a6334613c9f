"""Whether a rule can be kept: what it names is there, and its group agrees."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from app.brands import services as brands
from app.coupons import services as coupons
from app.coupons.services import Templates
from app.rewards import queries
from app.rewards.errors import RewardReferenceUnknown, StackingModesDiffer
from app.rewards.rules import NO_TIER
from app.stamps import services as stamps
from app.tiers import services as tiers


def check(brand_id: UUID, code: str, stored: Mapping[str, Any]) -> None:
    """Refuse a definition that names what does not exist, or does not fit its group.

    Call it before the programme has a new number: what is compiled for a number is
    kept, and must not come from a change that may be undone.

    :raises RewardReferenceUnknown: a template, stamp programme or tier does not exist
    :raises StackingModesDiffer: its group has another mode
    """
    _check_references(brand_id, stored)
    _check_group(brand_id, code, stored.get("stacking", {}))


def _check_references(brand_id: UUID, stored: Mapping[str, Any]) -> None:
    version = brands.programme_version(brand_id)
    trigger, conditions = stored["trigger"], stored.get("conditions", {})
    templates = coupons.templates_of(brand_id, version)
    programmes = {each.code for each in stamps.programmes_of(brand_id, version)}
    for number, effect in enumerate(stored["effects"]):
        at = f"/effects/{number}"
        for kind in ("coupon", "gift"):
            if kind in effect:
                _refuse_unknown(
                    kind, effect[kind], f"{at}/{kind}", known=_fits(templates, kind, effect[kind])
                )
        if "programme" in effect:
            name = effect["programme"]
            _refuse_unknown("programme", name, f"{at}/programme", known=name in programmes)
    _all_known("programme", trigger.get("programmes", ()), programmes, "/trigger/programmes")
    ladder = tiers.ladder_of(brand_id, version)
    codes = {tier.code for tier in ladder.tiers} if ladder else set()
    _all_known("tier", trigger.get("tiers", ()), codes, "/trigger/tiers")
    _all_known("tier", conditions.get("tiers", ()), codes | {NO_TIER}, "/conditions/tiers")


def _fits(templates: Templates, kind: str, code: str) -> bool:
    """Whether a template can be given as a coupon, or as a gift."""
    found = templates.by_code(code)
    if found is None or found[1] == "ended":
        return False
    return (found[0].gift is not None) == (kind == "gift")


def _all_known(kind: str, names: Collection[str], known: Collection[str], pointer: str) -> None:
    for number, name in enumerate(names):
        _refuse_unknown(kind, name, f"{pointer}/{number}", known=name in known)


def _refuse_unknown(kind: str, name: str, pointer: str, *, known: bool) -> None:
    if not known:
        raise RewardReferenceUnknown(pointer=pointer, kind=kind, name=name)


def _check_group(brand_id: UUID, code: str, stacking: Mapping[str, Any]) -> None:
    mode, group = stacking.get("mode", "all"), stacking.get("group")
    if mode == "all":
        return
    for said in queries.list_of_group(brand_id, str(group)):
        other = said.definition["stacking"]["mode"]
        if said.code != code and other != mode:
            raise StackingModesDiffer(
                pointer="/stacking/mode", group=group, rule=said.code, mode=other
            )
