"""Each error has a page in the site's face, in the reader's language, with a way on."""

import io

import pytest
from django.conf import settings as configured
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from lxml import html

from magelang_portal.middleware import RequestSizeMiddleware
from tests.factories import InnovationFactory, UserFactory, VisitFactory


@pytest.fixture(params=["id", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


@pytest.fixture
def visitor():
    """A browser: whatever breaks reaches it as a page, not as an exception."""
    return Client(raise_request_exception=False)


def assert_is_our_page(response, status, language):
    """The page has the status, the language, one heading, and ways home and into the catalogue."""
    assert response.status_code == status
    page = html.document_fromstring(response.content)
    assert page.get("lang") == language
    assert len(page.xpath("//h1")) == len(page.xpath("//main[@id='main']//h1")) == 1
    with translation.override(language):
        home, catalogue = reverse("home"), reverse("innovations:list")
        search = reverse("search")
    assert home == {"id": "/", "en": "/en/"}[language]
    assert page.xpath("//header//a[@class='brand']/@href") == [home]
    assert page.xpath("//main//a/@href")[:2] == [home, catalogue]
    assert page.xpath("//main//form/@action") == [search]
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]


def break_the_home_page(monkeypatch):
    monkeypatch.setattr("magelang_portal.views.Innovation", None)


@pytest.mark.django_db
def test_unreadable_request(client, settings, language):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    url = reverse("innovations:suggest", args=[InnovationFactory(published=True).slug])
    response = client.post(url, {f"field{number}": "x" for number in range(4)})
    assert_is_our_page(response, 400, language)


def test_foreign_host_name_is_refused_and_stands_nowhere_in_the_page(client, language):
    response = client.get(reverse("home"), headers={"host": "penyerang.example"})
    assert_is_our_page(response, 400, language)
    assert "penyerang.example" not in response.text


@pytest.mark.django_db
def test_page_that_is_not_for_this_reader(client, language):
    client.force_login(UserFactory())
    response = client.get(reverse("visits:letter", args=[VisitFactory().reference]))
    assert_is_our_page(response, 403, language)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("innovations:detail", "tidak-ada"),
        ("innovations:agency", "tidak-ada"),
        ("innovations:suggest", "tidak-ada"),
        ("visits:detail", "tidak-ada"),
        ("visits:request", "tidak-ada"),
    ],
)
def test_page_that_does_not_exist(client, language, name, argument):
    assert_is_our_page(client.get(reverse(name, args=[argument])), 404, language)


def test_address_that_never_existed(client, language):
    assert_is_our_page(client.get(f"{reverse('home')}a/b/c/"), 404, language)


def test_what_the_reader_typed_is_not_repeated_unescaped(client, language):
    response = client.get(f"{reverse('home')}<script>x</script>/", {"q": "<script>y</script>"})
    assert_is_our_page(response, 404, language)
    assert "<script>" not in response.text


def test_breakdown_needs_no_database(visitor, language, monkeypatch):
    break_the_home_page(monkeypatch)
    assert_is_our_page(visitor.get(reverse("home")), 500, language)


@pytest.mark.django_db
def test_breakdown_of_the_context_processors(visitor, language, monkeypatch):
    def broken(request):
        raise RuntimeError

    engine = engines["django"].engine
    monkeypatch.setattr(engine, "template_context_processors", (broken,))
    assert_is_our_page(visitor.get(reverse("home")), 500, language)


def test_breakdown_tells_the_reader_nothing_of_the_inside(visitor, language, monkeypatch):
    break_the_home_page(monkeypatch)
    response = visitor.get(reverse("home"))
    assert "NoneType" not in response.text
    assert configured.SECRET_KEY not in response.text
    assert str(configured.BASE_DIR) not in response.text


@pytest.mark.django_db
@pytest.mark.parametrize("kept", [True, False])
def test_database_that_does_not_answer_is_said_so_with_503(visitor, language, settings, kept):
    settings.PAGE_CACHE = kept

    def refuse(execute, sql, params, many, context):
        raise OperationalError("server closed the connection unexpectedly")

    address = reverse("innovations:list")
    another = translation.override("id" if language == "en" else "en")
    with another, connection.execute_wrapper(refuse):
        response = visitor.get(address)
    assert_is_our_page(response, 503, language)
    assert response["Retry-After"] == "30"
    assert "server closed" not in response.text


@pytest.mark.django_db
def test_form_of_another_browser(language):
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("visits:register"), {"organisation": "Dinas"})
    assert_is_our_page(response, 403, language)
    assert "Dinas" not in response.text


@pytest.mark.django_db
def test_form_with_the_token_of_its_own_page_is_no_error(language):
    client = Client(enforce_csrf_checks=True)
    innovation = InnovationFactory(published=True)
    url = reverse("innovations:suggest", args=[innovation.slug])
    page = html.document_fromstring(client.get(url).content)
    (token,) = page.xpath("//main//input[@name='csrfmiddlewaretoken']/@value")
    response = client.post(url, {"text": "Halo", "csrfmiddlewaretoken": token})
    assert response.status_code == 302
    assert innovation.suggestions.count() == 1


def send(client, size):
    form = "application/x-www-form-urlencoded"
    return client.post(reverse("visits:register"), b"x" * size, content_type=form)


def test_request_over_the_limit(client, settings, language):
    settings.MAX_REQUEST_BYTES = 1000
    assert_is_our_page(send(client, 1001), 413, language)


@pytest.mark.django_db
def test_request_of_just_the_limit_reaches_its_form(client, settings, language):
    settings.MAX_REQUEST_BYTES = 1000
    response = send(client, 1000)
    assert response.status_code == 200
    assert "purpose" in response.context["form"].errors


@pytest.mark.parametrize(("limits_sent", "limits_read"), [(2, 2), (4, 4), (50, 4)])
def test_request_over_the_limit_is_read_up_to_four_times_the_limit(
    settings, limits_sent, limits_read
):
    settings.MAX_REQUEST_BYTES = 100_000
    body = io.BytesIO(b"x" * limits_sent * 100_000)
    request = RequestFactory().generic("POST", "/", b"", "text/plain")
    request.environ |= {"CONTENT_LENGTH": str(limits_sent * 100_000), "wsgi.input": body}
    request = type(request)(request.environ)
    response = RequestSizeMiddleware(lambda request: HttpResponse())(request)
    assert response.status_code == 413
    assert body.tell() == limits_read * 100_000


@pytest.mark.parametrize("length", [None, "", "0"])
def test_request_without_a_body_passes(length):
    request = RequestFactory().get("/")
    request.META["CONTENT_LENGTH"] = length
    passed = HttpResponse("passed")
    assert RequestSizeMiddleware(lambda request: passed)(request) is passed


@pytest.mark.parametrize("length", ["abc", "1e9", "-1", "12 34"])
def test_malformed_content_length_is_a_bad_request(visitor, length):
    response = visitor.generic("POST", reverse("home"), b"x", CONTENT_LENGTH=length)
    assert response.status_code == 400


@pytest.mark.django_db
def test_page_for_an_outage_is_guarded_like_every_page(visitor, settings, monkeypatch):
    def away(*args):
        raise OperationalError

    settings.PAGE_CACHE = True
    others = visitor.get(reverse("home")).headers
    monkeypatch.setattr("magelang_portal.page_cache.state_of", away)
    response = visitor.get(reverse("home"))
    assert response.status_code == 503
    for name in ("Content-Security-Policy", "X-Frame-Options"):
        assert response[name] == others[name]
