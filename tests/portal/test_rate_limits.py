"""One address can send public forms often enough for people, and not for programs."""

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from innovations.models import Suggestion
from magelang_portal.models import Attempt
from magelang_portal.rate_limits import Policy
from tests.factories import InnovationFactory

pytestmark = pytest.mark.django_db

TWO = Policy("sample", most=2)


def attempts(policy, *addresses):
    return [policy.allows(RequestFactory().post("/", REMOTE_ADDR=each)) for each in addresses]


def test_each_address_has_its_own_limit():
    here, there = "203.0.113.7", "203.0.113.8"
    assert attempts(TWO, here, here, there, here, there) == [True, True, True, False, True]


def test_each_policy_counts_for_itself():
    here = "203.0.113.7"
    attempts(TWO, here, here, here)
    assert attempts(Policy("other", most=1), here) == [True]


def test_limit_ends_with_its_period_and_nothing_older_is_kept():
    here = "203.0.113.7"
    attempts(TWO, here, here, here)
    Attempt.objects.update(at=timezone.now() - timedelta(minutes=61))
    assert attempts(TWO, here) == [True]
    assert Attempt.objects.count() == 1


def test_address_is_kept_only_as_a_hash():
    attempts(TWO, "203.0.113.7")
    assert "203.0.113.7" not in str(Attempt.objects.values().get())


def test_suggestion_over_the_limit_comes_back_with_what_was_typed(client, monkeypatch):
    monkeypatch.setattr("innovations.views.SUGGESTIONS", Policy("suggestions", most=1))
    address = reverse("innovations:suggest", args=[InnovationFactory(published=True).slug])
    assert client.post(address, {"text": "Pertama"}).status_code == 302
    response = client.post(address, {"text": "Kedua <kali>"})
    assert len(response.context["form"].non_field_errors()) == 1
    assert "Kedua &lt;kali&gt;" in response.text
    assert [suggestion.text for suggestion in Suggestion.objects.all()] == ["Pertama"]
