"""A county whose lists a test sends."""

import pytest

from tests.matching.county import COUNTY, County
from tests.matching.intake.desk import Desk
from tests.world import World


@pytest.fixture
async def desk(place: World) -> Desk:
    """See the class."""
    county = await County(place).open()
    return Desk(county, await county.as_("MZ", COUNTY, "steward"))
