"""Numbers of papers, given to many at once."""

from visits.models import Paper


def test_no_number_is_given_twice_and_none_is_left_out(at_once):
    pairs = at_once(lambda _index: Paper.next_numbers("certificate", 2), range(60))
    numbers = [int(number.rpartition("/")[2]) for pair in pairs for number in pair]
    assert sorted(numbers) == list(range(1, 121))
