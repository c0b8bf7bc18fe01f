"""Sending a request: once however often it is pressed, with its letter, and not by a program."""

import io
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from magelang_portal.rate_limits import Policy
from tests.factories import UserFactory, picture_file
from tests.visits.conftest import STEPS, pdf_bytes, stamp, upload
from tests.visits.test_registration import codes
from visits.models import Message, Visit
from visits.registration import remove_old_drafts

pytestmark = pytest.mark.django_db

SUMMARY = "visits:register_summary"
LETTER = "visits:register_letter"


def stored_letters():
    storage = Visit._meta.get_field("letter").storage
    return storage.listdir("letters")[1] if storage.exists("letters") else []


def big_bitmap():
    buffer = io.BytesIO()
    Image.new("1", (7100, 7100)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"MZ\x90\x00" + b"\0" * 500, "surat.pdf", "not_a_letter"),
        (b"%PDF-1.7 nothing behind it", "surat.pdf", "not_a_pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "surat.svg", "not_a_letter"),
        (b"\x89PNG\r\n\x1a\n broken", "surat.png", "not_a_picture"),
        (b"", "surat.pdf", "empty"),
    ],
)
def test_letter_is_judged_by_its_content(send, content, name, code):
    assert codes(send(letter=upload(content, name))) == {"letter": [code]}
    assert not Visit.objects.exists()
    assert stored_letters() == []


def test_letter_of_50_megapixels_is_refused(send):
    response = send(letter=upload(big_bitmap(), "surat.png", "image/png"))
    assert codes(response) == {"letter": ["too_many_pixels"]}


def test_letter_over_the_limit_is_refused(send):
    content = pdf_bytes() + b"%" * settings.MAX_LETTER_BYTES
    assert codes(send(letter=upload(content))) == {"letter": ["too_large"]}


def test_letter_with_a_password_is_refused(send):
    import pikepdf

    content = pdf_bytes(encryption=pikepdf.Encryption(user="rahasia", owner="rahasia"))
    assert codes(send(letter=upload(content))) == {"letter": ["encrypted"]}


def test_missing_letter_is_refused(send):
    assert codes(send(no_letter=True)) == {"letter": ["required"]}


def test_photographed_letter_is_stored_as_a_fresh_picture(send):
    send(letter=upload(picture_file(kind="JPEG").read(), "foto.exe", "application/x-msdownload"))
    with Visit.objects.get().letter.open() as letter:
        assert letter.name.endswith(".webp")
        assert letter.read(4) == b"RIFF"


def test_pdf_letter_is_kept_byte_for_byte_under_a_name_of_ours(send):
    content = pdf_bytes()
    send(letter=upload(content, "../../etc/passwd.exe"))
    stored = Visit.objects.get().letter
    assert stored.name.startswith("letters/")
    assert stored.name.endswith(".pdf")
    with stored.open() as letter:
        assert letter.read() == content


def test_letter_is_chosen_only_once_whatever_else_is_wrong(client, fill, filled):
    fill(last="register_contact")
    without_consent = {name: value for name, value in filled.items() if name != "consent"}
    page = client.post(reverse(LETTER), without_consent | {"letter": upload(pdf_bytes())})
    assert codes(page) == {"consent": ["required"]}
    assert "surat.pdf" in page.text
    assert client.post(reverse(LETTER), filled).url == reverse(SUMMARY)
    assert len(stored_letters()) == 1


def test_letter_that_was_chosen_is_kept_when_going_back(client, fill):
    fill(last="register_contact")
    back = {"letter": upload(pdf_bytes(), "surat <kami>.pdf"), "back": "1"}
    assert client.post(reverse(LETTER), back).url == reverse("visits:register_contact")
    assert "surat &lt;kami&gt;.pdf" in client.get(reverse(LETTER)).text


def test_another_letter_takes_the_place_of_the_first(client, fill, filled):
    fill(last="register_letter")
    before = stored_letters()
    photo = upload(picture_file(kind="JPEG").read(), "foto.jpg", "image/jpeg")
    client.post(reverse(LETTER), filled | {"letter": photo})
    assert len(stored_letters()) == 1
    assert stored_letters() != before
    client.post(reverse(LETTER), filled | {"letter": upload(b"rusak")})
    client.post(reverse(SUMMARY), filled)
    assert Visit.objects.get().letter.name.endswith(".webp")


def test_letter_that_is_gone_is_asked_for_again(client, fill):
    fill(last="register_letter")
    storage = Visit._meta.get_field("letter").storage
    storage.delete(f"letters/{stored_letters()[0]}")
    assert client.get(reverse(SUMMARY)).url == reverse(LETTER)
    assert codes(client.get(reverse(LETTER))) == {"letter": ["required"]}


def test_letter_is_asked_for_again_before_it_may_be_removed(client, fill, monkeypatch):
    fill(last="register_letter")
    monkeypatch.setattr("visits.registration.OLDEST", timedelta(seconds=-1))
    assert client.get(reverse(SUMMARY)).url == reverse(LETTER)


def test_letters_over_the_limit_are_not_stored(fill, monkeypatch):
    monkeypatch.setattr("visits.registration.LETTERS", Policy("letters", most=0))
    response = fill(last="register_letter")
    assert codes(response) == {"letter": [None]}
    assert stored_letters() == []


def test_program_that_finds_the_trap_stores_no_letter(fill, filled, client):
    fill(last="register_contact")
    data = filled | {"letter": upload(pdf_bytes()), "website": "https://spam.example"}
    assert codes(client.post(reverse(LETTER), data)) == {"website": [None]}
    assert stored_letters() == []


def test_page_after_sending_says_so_with_the_reference_and_only_once(client, send):
    address = send().url
    news = [str(message) for message in client.get(address).context["messages"]]
    reference = Visit.objects.get().reference
    assert len(news) == 1
    assert news[0].startswith(f"Permohonan sudah terkirim dengan nomor {reference}.")
    assert list(client.get(address).context["messages"]) == []


def test_request_exists_with_its_letter_and_its_messages_after_the_redirect(send):
    send()
    visit = Visit.objects.get()
    assert visit.letter.name == f"letters/{stored_letters()[0]}"
    assert list(Message.objects.values_list("kind", flat=True)) == ["request_received"]


def test_double_click_makes_one_request_and_leads_to_one_link(client, fill, filled):
    fill(last="register_letter")
    first, second = (client.post(reverse(SUMMARY), filled) for _click in range(2))
    visit = Visit.objects.get()
    assert first.url == second.url == reverse("visits:request", args=[visit.private_token])
    assert len(stored_letters()) == 1
    news = {str(message) for message in client.get(first.url).context["messages"]}
    assert len(news) == 1


def test_second_post_that_had_read_the_same_draft_leads_to_the_same_link(client, fill, filled):
    """As when two posts run side by side: both have read the session before either ends it."""
    fill(last="register_letter")
    session = Session.objects.get()
    first = client.post(reverse(SUMMARY), filled)
    session.save(force_insert=True)
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    assert client.post(reverse(SUMMARY), filled).url == first.url
    assert Visit.objects.count() == 1


@pytest.mark.parametrize("name", STEPS)
def test_any_step_posted_again_after_sending_leads_to_the_request(client, send, filled, name):
    link = send().url
    response = client.post(reverse(f"visits:{name}"), filled | {"organisation": "Lain"})
    assert response.url == link
    assert client.get(link).context["messages"]
    assert Visit.objects.count() == 1


def test_form_in_another_browser_leads_to_nobody_elses_request(send, filled, client):
    client.cookies["csrftoken"] = "a" * 32
    link = send().url
    stranger = Client()
    stranger.cookies["csrftoken"] = "b" * 32
    assert stranger.post(reverse(SUMMARY), filled).url == reverse("visits:register")
    client.cookies["csrftoken"] = "b" * 32
    assert send().url != link


def test_another_draft_makes_another_request(send):
    assert send().url != send(draft=stamp()).url
    assert Visit.objects.count() == 2


@pytest.mark.parametrize("damaged", ["", "k" * 43, "x" * 4000, "ключ" * 11, "a:b:c"])
def test_form_whose_stamp_is_damaged_gets_a_fresh_one(send, client, filled, damaged, monkeypatch):
    monkeypatch.setattr("visits.registration.FASTEST", timedelta(seconds=-1))
    assert send(draft=damaged).status_code == 302
    assert Visit.objects.count() == 1


def test_request_faster_than_people_type_is_refused_and_can_be_sent_again(
    client, fill, filled, monkeypatch
):
    response = fill(draft=stamp(seconds_ago=1))
    assert len(response.context["form"].non_field_errors()) == 1
    assert not Visit.objects.exists()
    monkeypatch.setattr("visits.registration.FASTEST", timedelta(seconds=0.5))
    assert client.post(reverse(SUMMARY), filled).status_code == 302
    assert Visit.objects.count() == 1


def test_request_begun_too_long_ago_is_looked_at_and_sent_again(client, fill, filled):
    old = stamp(seconds_ago=settings.SESSION_COOKIE_AGE + 60)
    response = fill(draft=old)
    assert len(response.context["form"].non_field_errors()) == 1
    assert not Visit.objects.exists()
    fresh = client.get(reverse(SUMMARY)).context["draft"].stamp
    assert fresh != old
    assert fresh.partition(":")[0] == old.partition(":")[0]


def test_request_over_the_limit_comes_back_with_everything_and_stores_nothing(
    client, fill, filled, monkeypatch
):
    monkeypatch.setattr("visits.views.registration.REGISTRATIONS", Policy("registrations", most=1))
    assert fill().status_code == 302
    response = fill(draft=stamp(), organisation="Instansi Kedua")
    assert len(response.context["form"].non_field_errors()) == 1
    assert "Instansi Kedua" in response.text
    assert Visit.objects.count() == 1
    monkeypatch.setattr("visits.views.registration.REGISTRATIONS", Policy("registrations", most=9))
    assert client.post(reverse(SUMMARY), filled).status_code == 302
    assert Visit.objects.count() == 2


def test_trap_on_the_summary_is_refused(fill, client, filled):
    fill(last="register_letter")
    response = client.post(reverse(SUMMARY), filled | {"website": "x"})
    assert codes(response) == {"website": [None]}
    assert not Visit.objects.exists()


def test_nothing_of_the_draft_is_left_in_the_session_once_it_is_sent(send, client):
    send()
    assert not Session.objects.exists()
    assert client.get(reverse(SUMMARY)).url == reverse("visits:register")


def test_staff_who_fill_in_a_request_stay_logged_in(send, client):
    user = UserFactory()
    client.force_login(user)
    send()
    assert client.session["_auth_user_id"] == str(user.pk)
    assert not client.session.keys() & {"registration", "itinerary"}


def test_draft_that_has_expired_says_so_and_begins_anew(client, fill, filled):
    fill(last="register_letter")
    Session.objects.all().delete()
    response = client.post(reverse(SUMMARY), filled, follow=True)
    assert response.redirect_chain == [(reverse("visits:register"), 302)]
    assert len(list(response.context["messages"])) == 1
    response = client.post(reverse("visits:register_contact"), filled, follow=True)
    assert response.redirect_chain == [(reverse("visits:register"), 302)]
    assert len(list(response.context["messages"])) == 1


def age(name, **ago):
    """Have the stored letter `name` be as old as that."""
    import os

    path = Visit._meta.get_field("letter").storage.path(f"letters/{name}")
    then = (timezone.now() - timedelta(**ago)).timestamp()
    os.utime(path, (then, then))


def test_old_drafts_are_removed_with_letters_that_no_visit_has(client, send, fill):
    send()
    (sent,) = stored_letters()
    for _draft in range(2):
        client.cookies.clear()
        fill(last="register_letter", draft=stamp())
    old, young = set(stored_letters()) - {sent}
    age(sent, days=30)
    age(old, hours=25)
    age(young, hours=23)
    expired, _fresh = Session.objects.all()
    expired.expire_date = timezone.now() - timedelta(minutes=1)
    expired.save()
    assert remove_old_drafts() == 1
    assert set(stored_letters()) == {sent, young}
    assert list(Session.objects.all()) == [_fresh]
    assert remove_old_drafts() == 0


def test_removing_old_drafts_where_there_never_was_one():
    assert remove_old_drafts() == 0
