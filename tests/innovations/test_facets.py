import pytest

from innovations.facets import EVERYTHING, bitmap, holders_of, keys_in
from innovations.models import Innovation
from tests.factories import InnovationFactory


@pytest.mark.parametrize("keys", [[], [1], [8, 7, 9], [1, 2, 4000]])
def test_bitmap_has_the_bit_of_each_key(keys):
    assert bitmap(keys) == sum(2**key for key in keys)


@pytest.mark.parametrize("having", [[], [1], [8, 7, 9], [1, 2, 4000]])
def test_keys_are_told_by_their_bits_in_the_order_given(having):
    keys = [4000, 9, 5000, 1, 8, 2]
    assert keys_in(keys, bitmap(having)) == [key for key in keys if key in having]


def test_everything_leaves_all_keys():
    assert keys_in([3, 1, 2], EVERYTHING) == [3, 1, 2]


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
