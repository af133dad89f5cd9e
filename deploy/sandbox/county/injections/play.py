"""All errors, the rarest fates first, so that none is left without somebody to happen to."""

import random

from deploy.sandbox.county.injections import agencies, lives, measures, money, relapse
from deploy.sandbox.county.injections.cast import Cast, Injected
from deploy.sandbox.county.lists import County

_ORDER = (
    measures.homes,
    measures.training,
    relapse.needs,
    relapse.monitored,
    money.severe_risk,
    agencies.schools,
    agencies.jobs,
    agencies.houses,
    money.excluded,
    money.destitute_candidates,
    lives.assessments,
    lives.after_the_end,
    lives.unheard,
    money.without_card,
    lives.cards_that_end,
    money.not_received,
    money.approvals,
    money.bounced,
    money.amounts,
    money.not_eligible,
    agencies.pensions,
    agencies.insurance,
    measures.allowances,
    measures.doctors,
    lives.names,
    relapse.measures,
)


def injected(county: County, share: float) -> list[Injected]:
    """Put all errors into a county's lists. Returns what a reference must find, in the order in which it was put in."""
    cast = Cast(county, share, random.Random(f"{county.world.seed}/errors"))
    for each in _ORDER:
        each(cast)
    return cast.injected
