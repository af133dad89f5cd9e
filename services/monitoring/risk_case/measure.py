"""One measure of a case: planned for an owner agency, delivered by it, checked by another office. Pure."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.domain.actors import Actor
from services.kernel.errors import Rejected
from services.kernel.events import Context
from services.monitoring.risk_case.events import MeasureChecked, MeasureDelivered, MeasureOverdue


@dataclass(frozen=True, slots=True)
class Measure:
    """A planned measure. `delivered_by` is the office that reported delivery; `arrived` what the check found."""

    measure: str
    owner: str
    due_on: date
    delivered_by: str | None = None
    arrived: bool | None = None
    overdue: bool = False


def delivered(household_id: UUID, measure_id: UUID, measure: Measure, context: Context) -> MeasureDelivered:
    """The owner reports delivery; again after a check that found nothing."""
    if Actor.parse(context.actor).agency != measure.owner:
        raise Rejected("not_the_owner", f"由 {measure.owner} 登记落实")
    if measure.delivered_by is not None and measure.arrived is not False:
        raise Rejected("measure_delivered", "该措施已登记落实")
    return MeasureDelivered(household_id=household_id, measure_id=measure_id, owner=measure.owner, delivered_on=context.today)


def checked(household_id: UUID, measure_id: UUID, measure: Measure, arrived: bool, context: Context) -> MeasureChecked:
    """Another office than the deliverer looked."""
    if measure.delivered_by is None:
        raise Rejected("measure_not_delivered", "该措施尚未登记落实")
    if measure.arrived is not None:
        raise Rejected("measure_checked", "该措施已核查")
    if Actor.parse(context.actor).agency == measure.delivered_by:
        raise Rejected("same_office_may_not_check", "由落实单位以外的单位核查是否到户")
    return MeasureChecked(
        household_id=household_id, measure_id=measure_id, owner=measure.owner, arrived=arrived, checked_on=context.today
    )


def late(measure: Measure, today: date) -> bool:
    """Due, not delivered, not noted yet."""
    return measure.delivered_by is None and not measure.overdue and measure.due_on < today


def overdue(household_id: UUID, measure_id: UUID, measure: Measure) -> MeasureOverdue:
    """落实不到位."""
    return MeasureOverdue(
        household_id=household_id, measure_id=measure_id, measure=measure.measure, owner=measure.owner, due_on=measure.due_on
    )
