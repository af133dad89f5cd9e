"""What a service's wiring promises before anything runs: whose a class is, and names that stand once."""

from typing import ClassVar

import pytest

from services.certificates.events import CertificateIssued
from services.kernel.events import service_of, topic_of


def test_a_class_belongs_to_the_first_package_under_services_in_whatever_room_it_stands() -> None:
    deep = type("Deep", (), {"__module__": "services.certificates.certificate.card.events"})
    assert service_of(CertificateIssued) == service_of(deep) == "certificates"
    assert topic_of(deep) == "certificates.events.v1"


def test_a_class_outside_services_names_its_service_or_belongs_to_none() -> None:
    class Sample:
        SERVICE: ClassVar[str] = "toys"

    assert service_of(Sample) == "toys"
    with pytest.raises(TypeError, match="names no SERVICE"):
        service_of(type("Nobodys", (), {}))
