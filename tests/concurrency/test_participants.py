"""One list, uploaded, changed and checked in by several at once."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.factories import ParticipantFactory, VisitFactory
from visits.models import GroupPass, Participant, Visit
from visits.participant_files import ParticipantRow


@pytest.fixture
def visit(transactional_db):
    return VisitFactory(
        status=Visit.Status.CONFIRMED, held_on=timezone.localdate(), expected_participants=30
    )


def again(visit):
    return Visit.objects.get(pk=visit.pk)


def test_of_lists_uploaded_at_once_one_is_saved_whole_and_the_others_not_at_all(at_once, visit):
    mark = visit.list_mark

    def upload(file):
        rows = [ParticipantRow(number, f"Orang {file}-{number}") for number in range(20)]
        try:
            again(visit).replace_list(rows, by=None, mark=mark)
        except ValidationError as refused:
            return refused.code
        return file

    answers = at_once(upload, range(8))
    (saved,) = [answer for answer in answers if answer != "changed"]
    assert answers.count("changed") == 7
    names = set(visit.attendees.values_list("name", flat=True))
    assert names == {f"Orang {saved}-{number}" for number in range(20)}


def test_names_added_at_once_never_exceed_the_seats(at_once, visit):
    def add(number):
        try:
            again(visit).add_participant(by=None, name=f"Orang {number}")
        except ValidationError as refused:
            return refused.code
        return None

    answers = at_once(add, range(50))
    assert (answers.count(None), answers.count("too_many")) == (30, 20)
    assert visit.attendees.count() == 30
    assert set(visit.attendees.values_list("position", flat=True)) == set(range(1, 31))


def test_phones_that_tap_at_once_count_each_person_once(at_once, visit):
    Visit.objects.filter(pk=visit.pk).update(status=Visit.Status.COMPLETED, participants=5)
    someone = ParticipantFactory(visit=visit)
    at_once(lambda _phone: Participant.objects.get(pk=someone.pk).check_in(by=None), range(10))
    assert again(visit).participants == 6


def test_group_pass_asked_for_at_once_is_one(at_once, visit):
    tokens = at_once(lambda _phone: GroupPass.of(again(visit)).private_token, range(10))
    assert tokens == [tokens[0]] * 10
