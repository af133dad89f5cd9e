"""Reminders for examples."""

from datetime import date

from services.certificates.certificate.card import events as card_events
from tests.notifications.reminder.ledger import DAY, holder

ELSEWHERE = "533422101001"
RENEWED = card_events.CertificateRenewed(person_id=holder(), valid_from=DAY, valid_to=date(2036, 3, 1))
