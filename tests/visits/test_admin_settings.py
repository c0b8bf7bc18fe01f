"""The settings of visits as staff see them: the emblem that is in force."""

import pytest
from django.urls import reverse

from tests.factories import UserFactory, picture_file
from tests.staff import logged_in
from visits.models import VisitSettings

pytestmark = pytest.mark.django_db

PAGE = reverse("admin:visits_visitsettings_change", args=[1])


def test_form_tells_of_the_emblem_without_naming_its_file_and_lets_it_be_taken_out():
    client = logged_in(UserFactory(is_superuser=True))
    assert 'name="emblem-clear"' not in client.get(PAGE).text
    VisitSettings(pk=1, emblem=picture_file()).save()
    stored = VisitSettings.load().emblem.name
    text = client.get(PAGE).text
    assert text.count('name="emblem-clear"') == 1
    assert stored.rpartition("/")[2] not in text
    form = client.get(PAGE).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields if name != "emblem"}
    assert client.post(PAGE, data).status_code == 302
    assert VisitSettings.load().emblem.name == stored
    assert client.post(PAGE, data | {"emblem-clear": "on"}).status_code == 302
    assert not VisitSettings.load().emblem
