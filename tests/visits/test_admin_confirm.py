"""What staff read of the hosts before they confirm."""

import pytest
from django.utils.translation import override

from tests.factories import AgencyFactory, InnovationFactory, SlotFactory, StopFactory
from tests.staff import logged_in, transition_page
from tests.visits.conftest import visit_in
from visits.models import Visit

pytestmark = pytest.mark.django_db


def test_confirming_names_each_silent_stop_and_the_load_of_each_agency_once(visit_officer):
    visit = visit_in(Visit.Status.SUBMITTED, slot=SlotFactory(date="2031-03-20"))
    dishub, dinkes = (AgencyFactory(abbreviation=name) for name in ("Dishub", "Dinkes"))
    for position, (name, agency) in enumerate(
        (("KIR", dishub), ("Bus", dishub), ("Klinik", dinkes)), start=1
    ):
        innovation = InnovationFactory(name=name, agency=agency, published=True)
        StopFactory(visit=visit, innovation=innovation, position=position)
    response = logged_in(visit_officer).get(transition_page("confirm", visit))
    with override("en"):
        notes = response.context["form"].notes()
        assert [note.text for note in notes if note.is_warning] == [
            "Not answered yet: KIR, Bus, Klinik."
        ]
        assert [note.text for note in notes if "2031" in note.text][1:] == [
            "Dinkes: 0 visits in March 2031. This would be number 1.",
            "Dishub: 0 visits in March 2031. This would be number 1.",
        ]
