import pytest

from innovations.facets import bitmap, holders_of
from innovations.models import Innovation
from tests.factories import InnovationFactory


@pytest.mark.parametrize("keys", [[], [1], [8, 7, 9], [1, 2, 4000]])
def test_bitmap_has_the_bit_of_each_key(keys):
    assert bitmap(keys) == sum(2**key for key in keys)


@pytest.mark.django_db
def test_holders_are_found_in_one_query_whatever_they_hold(django_assert_num_queries):
    trial, other = (
        InnovationFactory(stage="trial", visitable=True),
        InnovationFactory(stage="", visitable=None),
    )
    with django_assert_num_queries(1):
        holders = holders_of(
            Innovation.objects.all(), {"stage": "stage", "visitable": "visitable"}
        )
    assert holders == {
        "stage": {"trial": bitmap([trial.pk]), "": bitmap([other.pk])},
        "visitable": {"yes": bitmap([trial.pk]), None: bitmap([other.pk])},
    }
