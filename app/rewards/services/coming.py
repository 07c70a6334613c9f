"""What is to come for one member: gifts for the next birthday and anniversary."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from app.benefits import services as benefits
from app.benefits.services import Grant, History
from app.brands import services as brands
from app.members import services as members
from app.members.services import Celebration, Member
from app.rewards.rules import occasions as rules
from app.rewards.rules.occasions import OCCASIONS
from app.rewards.services.evaluating import rules_of
from app.rewards.services.occasions import Occasion, evaluate_for


@dataclass(frozen=True)
class Coming:
    """A reward of a day to come, as things are now: given ``on`` a day, for ``day``."""

    trigger: str
    on: date
    day: date
    grant: Grant


def list_coming(brand_id: UUID, member: Member, *, tier: str | None, now: datetime) -> list[Coming]:
    """Return what rules will give a member for the next occasions, the soonest first.

    Asks the rules as the daily job would on that day, with what is known now: of each
    rule the next gift, within two years.
    """
    version = brands.programme_version(brand_id)
    live = rules_of(brand_id, version)
    sources = [rule.source for rule in live if rule.trigger.on in OCCASIONS]
    if not sources:
        return []
    settings = brands.current_settings(brand_id)
    zone = ZoneInfo(settings.timezone)
    today = now.astimezone(zone).date()
    histories = benefits.read_histories(brand_id, [member.id], sources, now=now)
    history = histories.get(member.id, History())
    counters = benefits.read_counters(brand_id, sources)
    coming: dict[str, Coming] = {}
    for batch in rules.batches_of(live):
        for day, celebration in _days_of(member, batch.trigger, today, batch.days_before):
            on = day - timedelta(days=batch.days_before)
            occasion = Occasion(brand_id, batch, on, live, settings, now)
            if not _counts(occasion, celebration, zone):
                continue
            evaluation = evaluate_for(
                occasion,
                celebration,
                history,
                counters=counters,
                tier=tier,
                at=max(now, datetime.combine(on, time(), zone)),
            )
            for grant in evaluation.grants:
                coming.setdefault(grant.source, Coming(batch.trigger, on, day, grant))
    return sorted(coming.values(), key=lambda each: (each.on, each.grant.source))


def _days_of(
    member: Member, trigger: str, today: date, days_before: int
) -> Sequence[tuple[date, Celebration]]:
    """Return the next days whose gifts are still ahead, today's included."""
    since = today + timedelta(days=days_before)
    if trigger == "birthday":
        return members.coming_birthdays(member, since)
    return members.coming_anniversaries(member, since)


def _counts(occasion: Occasion, celebration: Celebration, zone: ZoneInfo) -> bool:
    """Whether a birthday was entered early enough to be rewarded that year."""
    if celebration.changed_at is None:
        return True
    notice = occasion.settings.rewards.birthday_notice_days
    return celebration.changed_at < rules.changed_before(occasion.on, notice, zone)
