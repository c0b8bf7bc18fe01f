"""From the secretary's spreadsheet to the phone at the entrance, without a script."""

from urllib.parse import urlsplit

from django.urls import reverse
from django.utils import timezone

from tests.browser import places
from tests.browser.conftest import PHONE
from tests.factories import UserFactory, VisitFactory
from tests.visits.workbooks import HEADER, xlsx
from visits.models import Visit

PEOPLE = [(f"Peserta {number:02}", "Pusdiklat", "Widyaiswara") for number in range(78)]
BUTTON = "main form button[type=submit]"


def test_list_is_uploaded_mended_and_checked_in(open_page, transactional_db):
    visit = VisitFactory(
        status=Visit.Status.CONFIRMED, held_on=timezone.localdate(), expected_participants=78
    )
    visit.make_link()
    visit.save()
    page = open_page(PHONE, script=False)

    def send(*rows):
        page.set_input_files(
            "#id_file",
            {"name": "peserta.xlsx", "mimeType": "", "buffer": xlsx(HEADER, *rows)},
        )
        places.press(page, "form[enctype] button")

    page.goto(reverse("visits:request", args=[visit.private_token]))
    places.press(page, f"a[href='{reverse('visits:participants', args=[visit.private_token])}']")
    places.press(
        page, f"a[href='{reverse('visits:participant_upload', args=[visit.private_token])}']"
    )
    send(*PEOPLE[:-1], ("", "Pusdiklat", ""))
    assert page.locator(".problems li").count() == 1
    assert "A79" in page.locator(".problems li").inner_text()
    send(*PEOPLE)
    assert page.locator(".people > li").count() == 78
    places.press(page, BUTTON)
    assert urlsplit(page.url).path == reverse("visits:participants", args=[visit.private_token])
    places.press(page, f"a[href='{reverse('visits:passes', args=[visit.private_token])}']")
    assert page.locator(".pass").count() == 79

    someone = visit.attendees.get(name="Peserta 40")
    phone = open_page(PHONE, script=False)
    places.log_in_without_the_form(phone, UserFactory(is_superuser=True))
    phone.goto(reverse("visits:pass", args=[someone.private_token]))
    places.press(phone, "main button[value=check_in]")
    phone.goto(reverse("visits:check_in", args=[visit.reference]))
    phone.fill("#q", "peserta 41")
    places.press(phone, "form[role=search] button")
    places.press(phone, "main button[value=check_in]")
    assert phone.input_value("#q") == "peserta 41"
    present = visit.attendees.present().values_list("name", flat=True)
    assert list(present) == ["Peserta 40", "Peserta 41"]
