"""What a delivery may be about, by the word that its row bears."""

from collections.abc import Mapping

from services.notifications.delivery.source import Source
from services.notifications.person_message.source import Persons
from services.notifications.subscription.notice_source import Notices
from services.notifications.subscription.samples import Tests

SOURCES: Mapping[str, Source] = {"NOTICE": Notices(), "TEST": Tests(), "PERSON": Persons()}
