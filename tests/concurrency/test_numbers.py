"""Numbers of papers, given to many at once."""

from visits.models import Paper


def test_no_number_is_given_twice_and_none_is_left_out(at_once):
    numbers = at_once(lambda _index: Paper.next_number("certificate"), range(60))
    assert sorted(int(number.rpartition("/")[2]) for number in numbers) == list(range(1, 61))
