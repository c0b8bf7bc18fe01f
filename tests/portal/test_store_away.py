"""The S3-compatible store refuses, hangs or fails: nothing is lost, and everybody is told so."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from lxml import html

from innovations.models import Document, Picture
from magelang_portal import media_store, store_away
from magelang_portal.media_store import MediaStore
from tests.factories import InnovationFactory, VisitFactory, picture_file
from tests.innovations.conftest import entry
from tests.portal.stores import keep_uploads_in
from tests.staff import change_page, logged_in
from tests.visits.conftest import STEPS, answers, pdf_bytes, post_steps, upload
from visits.models import Visit
from visits.registration import SESSION_KEY

pytestmark = pytest.mark.django_db

REFUSAL = "Berkas belum dapat disimpan untuk saat ini"
HEADING = "Berkas tidak dapat dijangkau untuk sementara"


def answering(status):
    """A server that answers everything with `status`; its address, and what stops it."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def __getattr__(self, name):
            if name.startswith("do_"):
                return self.answer
            raise AttributeError(name)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def stop():
        server.shutdown()
        server.server_close()

    return server.server_port, stop


def silent(*, listening):
    """A port on which nobody answers: connections hang, or are refused."""
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    if listening:
        sock.listen(50)
    return sock.getsockname()[1], sock.close


STORES = {
    "refuses connections": lambda: silent(listening=False),
    "hangs": lambda: silent(listening=True),
    "forbids": lambda: answering(403),
    "fails": lambda: answering(500),
}


@pytest.fixture(params=STORES)
def away(request, settings, monkeypatch):
    """Uploads lie in a store that is away; every letter in the database has its file there."""
    monkeypatch.setattr(media_store, "ANSWER_SECONDS", 0.05)
    monkeypatch.setattr(media_store, "ATTEMPTS", 1)
    monkeypatch.setattr(store_away, "_away_until", 0.0)
    port, stop = STORES[request.param]()
    store = MediaStore.from_url(f"http://kunci:rahasia@127.0.0.1:{port}/unggahan")
    keep_uploads_in(store, settings, monkeypatch)
    yield store
    stop()


@pytest.fixture
def visit():
    visit = VisitFactory.build(letter="letters/surat.pdf")
    visit.make_link()
    visit.save()
    return visit


@pytest.fixture
def filled():
    return answers(InnovationFactory(published=True))


def at(visit, name):
    return reverse(f"visits:{name}", args=[visit.private_token])


def errors_of(response):
    page = html.document_fromstring(response.content)
    return [
        " ".join(each.text_content().split())
        for each in page.xpath("//*[contains(@class, 'errorlist') or contains(@id, '_error')]")
        if REFUSAL in each.text_content()
    ]


def test_letter_of_a_request_is_refused_by_its_field_and_the_rest_is_kept(away, client, filled):
    response = post_steps(client, filled, last="register_letter", letter=upload(pdf_bytes()))
    form = response.context["form"]
    assert response.status_code == 200
    assert [error.code for error in form.errors.as_data()["letter"]] == ["store_away"]
    assert errors_of(response)
    kept = client.session[SESSION_KEY]
    assert "letter" not in kept
    assert kept["answers"]["contact"]["contact_name"] == "Sekretaris"
    assert kept["answers"]["letter"]["consent"] == "on"


def test_request_whose_letter_arrived_before_can_be_sent(client, filled, settings, monkeypatch):
    post_steps(client, filled, last="register_letter", letter=upload(pdf_bytes()))
    port, close = silent(listening=False)
    monkeypatch.setattr(store_away, "_away_until", 0.0)
    store = MediaStore.from_url(f"http://kunci:rahasia@127.0.0.1:{port}/unggahan")
    keep_uploads_in(store, settings, monkeypatch)
    response = client.post(reverse(f"visits:{STEPS[-1]}"), {"draft": filled["draft"]})
    close()
    assert response.url == reverse("visits:request", args=[Visit.objects.get().private_token])


def test_better_letter_is_refused_and_the_one_before_stays(away, client, visit):
    response = client.post(at(visit, "request_new_letter"), {"letter": upload(pdf_bytes())})
    assert response.status_code == 200
    assert errors_of(response)
    assert Visit.objects.get().letter.name == "letters/surat.pdf"


@pytest.mark.parametrize(
    ("prefix", "fields"),
    [
        (
            "pictures",
            {"image": lambda: picture_file(80, 50), "alt": "Loket", "credit": "Dishub"}
            | {"focal_x": 50, "focal_y": 50},
        ),
        ("documents", {"file": lambda: upload(pdf_bytes()), "title": "Panduan"}),
    ],
)
def test_upload_in_the_admin_is_refused_by_its_field_and_nothing_is_saved(
    away, editor, prefix, fields
):
    draft = InnovationFactory(name="Yang Lama")
    data = entry(**{f"{prefix}-TOTAL_FORMS": 1, f"{prefix}-0-position": 0})
    for name, value in fields.items():
        data[f"{prefix}-0-{name}"] = value() if callable(value) else value
    response = logged_in(editor).post(change_page(draft), data)
    assert response.status_code == 200
    assert errors_of(response)
    assert 'value="Siap Uji"' in response.text
    draft.refresh_from_db()
    assert (draft.name, Picture.objects.count(), Document.objects.count()) == ("Yang Lama", 0, 0)


def test_pages_that_speak_of_a_letter_are_shown(away, client, visit, visit_officer):
    response = client.get(at(visit, "request"))
    assert f'"{at(visit, "request_letter")}"' in response.text
    address = reverse("visits:letter", args=[visit.reference])
    assert address in logged_in(visit_officer).get(change_page(visit)).text


@pytest.mark.parametrize("name", ["request_letter", "export"])
def test_download_says_that_files_cannot_be_reached(away, visit, name):
    client = Client(raise_request_exception=False)
    response = client.get(at(visit, name))
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    page = html.document_fromstring(response.content)
    assert [each.text_content() for each in page.xpath("//h1")] == [HEADING]


def test_upload_that_fails_after_all_leaves_no_row(away, editor, monkeypatch):
    for place in ("innovations.fields", "visits.forms.letter"):
        monkeypatch.setattr(f"{place}.check_store_takes_files", lambda: None)
    draft = InnovationFactory(name="Yang Lama")
    data = entry(**{"documents-TOTAL_FORMS": 1, "documents-0-position": 0})
    data |= {"documents-0-file": upload(pdf_bytes()), "documents-0-title": "Panduan"}
    client = logged_in(editor)
    client.raise_request_exception = False
    response = client.post(change_page(draft), data)
    assert (response.status_code, HEADING in response.text) == (503, True)
    draft.refresh_from_db()
    assert (draft.name, Document.objects.count()) == ("Yang Lama", 0)


@pytest.mark.django_db(transaction=True)
def test_deleting_goes_on_and_the_log_names_what_is_left(away, visit, caplog):
    visit.delete()
    assert not Visit.objects.exists()
    assert "letters/surat.pdf is left in the store of uploads" in caplog.text


def test_who_asks_again_at_once_does_not_wait_again(away, monkeypatch):
    assert store_away.ask_store(storages["private"].bucket.load, otherwise="away")
    asked = []
    for _ in range(3):
        assert store_away.ask_store(lambda: asked.append(1), otherwise="away") == "away"
    assert asked == []
    monkeypatch.setattr(store_away.time, "monotonic", lambda: store_away._away_until)
    store_away.ask_store(lambda: asked.append(1), otherwise="away")
    assert asked == [1]


def test_store_that_hangs_holds_nobody_for_long():
    store = MediaStore.from_url("https://kunci:rahasia@s3.example/unggahan")
    config = store.storages()["private"]["OPTIONS"]["client_config"]
    assert (config.connect_timeout, config.read_timeout) == (2, 8)
    assert config.retries == {"mode": "standard", "total_max_attempts": 2}
