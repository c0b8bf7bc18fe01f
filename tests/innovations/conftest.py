import pytest

from innovations.models import Innovation
from tests.factories import AgencyFactory, CitationFactory, InnovationFactory, UserFactory

S = Innovation.Status
INLINES = ("citations", "outcomes", "awards", "pictures", "documents")


def entry(**changes):
    """The least that the form of an innovation takes, without citations or pictures."""
    data = {
        "name": "Siap Uji",
        "slug": "siap-uji",
        "summary": "Mendaftar uji kendaraan dari rumah.",
        "agency": AgencyFactory().pk,
        "running": "unknown",
        "visitable": "unknown",
    }
    for prefix in INLINES:
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return data | changes


@pytest.fixture
def staff(editor, publisher, visit_officer):
    people = {"editor": editor, "publisher": publisher, "visit officer": visit_officer}
    return lambda role: people[role]


def innovation_in(status):
    """A sourced innovation that came to `status` the way staff bring it there."""
    innovation = InnovationFactory()
    CitationFactory(innovation=innovation)
    by = UserFactory()
    if status == S.IN_REVIEW:
        innovation.submit_for_review(by=by)
    if status in {S.PUBLISHED, S.ARCHIVED}:
        innovation.publish(by=by)
    if status == S.ARCHIVED:
        innovation.archive(by=by)
    return innovation


def status_of(innovation):
    return Innovation.objects.get(pk=innovation.pk).status
