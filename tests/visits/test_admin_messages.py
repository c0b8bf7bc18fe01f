"""The outbox in the admin: staff read it, and send messages again or keep them back."""

import datetime
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from tests.factories import OfficeMessageFactory, UserFactory, VisitFactory
from tests.staff import (
    actions,
    change_page,
    changelist,
    logged_in,
    make_transition,
    message_levels,
    outcome,
    rows,
)
from visits import messages, outbox
from visits.models import Message

pytestmark = pytest.mark.django_db

LIST = changelist(Message)


@pytest.fixture
def invited(visit_officer):
    """A message with an invitation, to a delegation with a name that would like to be markup."""
    visit = VisitFactory(organisation="<script>alert(1)</script>")
    visit.confirm(by=visit_officer)
    return Message.objects.get()


def file_page(of):
    return reverse("admin:visits_message_file", args=[of.pk, of.attachments.get().pk])


def html_page(of):
    return reverse("admin:visits_message_html", args=[of.pk])


def test_what_wants_attention_is_refused_tried_in_vain_or_left_lying(officer):
    long_ago = timezone.now() - datetime.timedelta(minutes=16)
    later = timezone.now() + datetime.timedelta(hours=1)
    wanted = {
        OfficeMessageFactory(status="failed"),
        OfficeMessageFactory(attempts=3, next_attempt_at=later),
        OfficeMessageFactory(next_attempt_at=long_ago),
    }
    OfficeMessageFactory()
    OfficeMessageFactory(attempts=2, next_attempt_at=later)
    OfficeMessageFactory(status="stopped", attempts=5, next_attempt_at=long_ago)
    OfficeMessageFactory(sent=True, attempts=5)
    assert rows(officer.get(LIST, {"attention": "yes"})) == wanted
    assert set(Message.objects.failed()) == wanted


def test_messages_are_found_by_kind_status_address_and_visit(officer, invited):
    other = OfficeMessageFactory()
    assert rows(officer.get(LIST, {"kind": "visit_confirmed"})) == {invited}
    assert rows(officer.get(LIST, {"q": "kantor@magelang"})) == {other}
    assert rows(officer.get(LIST, {"q": invited.visit.reference})) == {invited}
    assert rows(officer.get(LIST, {"status__exact": "sent"})) == set()


def test_list_takes_the_same_queries_however_long(officer, django_assert_max_num_queries):
    counts = []
    for number in (1, 2):
        for _row in range(number):
            messages.link_sent(VisitFactory())
        with django_assert_max_num_queries(20) as queries:
            officer.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_detail_shows_the_text_escaped_and_offers_the_file(officer, invited):
    text = officer.get(change_page(invited)).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert" not in text
    assert messages.PRIVATE_LINK in text
    assert file_page(invited) in text
    assert html_page(invited) in text
    assert 'name="_save"' not in text


def test_nobody_writes_or_changes_a_message_by_hand(officer, invited, admin_client):
    for client in (officer, admin_client):
        assert client.get(reverse("admin:visits_message_add")).status_code == 403
        assert client.post(change_page(invited), {"to": "x@y.example"}).status_code == 403


def test_html_is_a_page_that_can_run_load_and_send_nothing(officer, invited):
    response = officer.get(html_page(invited))
    policy = dict(
        part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";")
    )
    digest = policy.pop("style-src")
    assert policy == {
        "default-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "sandbox": "",
    }
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", digest)
    assert response["X-Frame-Options"] == "DENY"
    assert "no-store" in response["Cache-Control"]
    assert "<script>" not in response.text
    assert 'href="[[' not in response.text


def test_file_is_a_download(officer, invited):
    response = officer.get(file_page(invited))
    assert response["Content-Type"] == "text/calendar; method=REQUEST"
    name = f"{invited.visit.reference}.ics"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.content == bytes(invited.attachments.get().content)


def test_file_of_another_message_is_not_found(officer, invited):
    url = reverse(
        "admin:visits_message_file", args=[OfficeMessageFactory().pk, invited.attachments.get().pk]
    )
    assert officer.get(url).status_code == 404


@pytest.mark.parametrize("page", [file_page, html_page, change_page])
def test_pages_are_closed_to_strangers_and_to_staff_without_the_task(
    client, invited, editor, page
):
    url = page(invited)
    assert client.get(url).url == f"{reverse('admin:login')}?next={url}"
    for user in (UserFactory(), editor):
        assert logged_in(user).get(url).status_code == 403


def test_refused_message_is_sent_now_with_a_fresh_count(officer, mailoutbox):
    refused = OfficeMessageFactory(status="failed", attempts=4, last_error="550 no such user")
    response = make_transition(officer, "send_now", refused)
    assert message_levels(response) == ["success"]
    refused.refresh_from_db()
    assert (refused.status, refused.attempts, refused.last_error) == ("waiting", 0, "")
    outbox.send_due()
    assert [each.subject for each in mailoutbox] == ["Kabar"]
    assert LogEntry.objects.get().user.username == "visit_officer"


def test_message_that_waits_for_another_attempt_need_not_wait(officer, mailoutbox):
    later = timezone.now() + datetime.timedelta(hours=3)
    waiting = OfficeMessageFactory(
        attempts=5, last_error="Connection refused", next_attempt_at=later
    )
    make_transition(officer, "send_now", waiting)
    outbox.send_due()
    assert len(mailoutbox) == 1


def test_message_under_way_is_not_sent_a_second_time(officer):
    """The worker has taken it and talks to the server: `last_error` is empty."""
    taken = OfficeMessageFactory()
    outbox.claim()
    assert outcome(make_transition(officer, "send_now", taken))
    taken.refresh_from_db()
    assert taken.attempts == 1
    assert taken.open_transitions == ["stop"]


def test_stopped_message_goes_out_only_when_it_is_let_go(officer, mailoutbox):
    waiting = OfficeMessageFactory()
    make_transition(officer, "stop", waiting)
    assert (outbox.send_due(), len(mailoutbox)) == (0, 0)
    waiting.refresh_from_db()
    assert waiting.open_transitions == ["send_now"]
    make_transition(officer, "send_now", waiting)
    assert (outbox.send_due(), len(mailoutbox)) == (1, 1)


def test_sent_message_is_sent_again_as_a_copy_with_its_files(officer, invited, mailoutbox):
    outbox.send_due()
    invited.refresh_from_db()
    sent_at = invited.sent_at
    make_transition(officer, "resend", invited)
    outbox.send_due()
    first, second = Message.objects.order_by("pk")
    assert (first.sent_at, first.open_transitions) == (sent_at, ["resend"])
    assert (second.subject, second.visit, second.status) == (first.subject, first.visit, "sent")
    assert [list(each.attachments.values_list("name", "content")) for each in (first, second)] == [
        list(first.attachments.values_list("name", "content"))
    ] * 2
    assert len(mailoutbox) == 2
    assert len({each.extra_headers["Message-ID"] for each in mailoutbox}) == 2


def test_copy_of_a_reminder_is_no_second_reminder(officer, visit_officer):
    visit = VisitFactory(held_on=datetime.date(2031, 3, 4))
    messages.reminder(visit, 7)
    Message.objects.update(status="sent", sent_at=timezone.now())
    copy = Message.objects.get().resend(by=visit_officer)
    assert copy.key is None
    messages.reminder(visit, 7)
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("waiting", ["stop"]),
        ("sent", ["resend"]),
        ("failed", ["send_now"]),
        ("stopped", ["send_now"]),
    ],
)
def test_each_status_offers_what_makes_sense_and_refuses_the_rest(visit_officer, status, expected):
    one = OfficeMessageFactory(status=status, sent_at=timezone.now() if status == "sent" else None)
    assert one.open_transitions == expected
    for name in set(Message.transitions) - set(expected):
        with pytest.raises(ValidationError):
            getattr(one, name)(by=visit_officer)
    one.refresh_from_db()
    assert (one.status, Message.objects.count()) == (status, 1)


def test_transitions_take_the_permission_and_not_only_a_look(officer, visit_officer):
    group = visit_officer.groups.get()
    group.permissions.remove(group.permissions.get(codename="send_message"))
    looker = logged_in(visit_officer)
    one = OfficeMessageFactory()
    assert actions(looker.get(LIST)) == set()
    assert make_transition(looker, "stop", one).status_code == 403
    assert "transition--stop" not in looker.get(change_page(one)).text
    one.refresh_from_db()
    assert one.status == "waiting"


def test_list_offers_the_transitions_to_whoever_may(officer):
    OfficeMessageFactory()
    assert actions(officer.get(LIST)) == {"send_now", "resend", "stop"}


def test_visit_with_messages_can_still_be_deleted_whole(admin_client, invited):
    url = reverse("admin:visits_visit_delete", args=[invited.visit.pk])
    page = admin_client.get(url)
    assert page.context["perms_lacking"] == set()
    admin_client.post(url, {"post": "yes"})
    assert Message.objects.count() == 0


def test_next_attempt_is_told_in_the_time_of_the_city(officer):
    message = OfficeMessageFactory()
    Message.objects.update(next_attempt_at="2031-03-04T03:05:06.789+00:00")
    text = officer.get(change_page(message)).text
    assert "4 Maret 2031 10.05" in text
    assert "03:05:06" not in text
