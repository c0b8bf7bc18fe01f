import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from innovations.fields import (
    PartialDateField,
    PdfFormField,
    PictureFormField,
    format_partial_date,
    read_partial_date,
    validate_partial_date,
)
from innovations.models import Document, Innovation, Picture
from tests.factories import picture_file
from tests.visits.conftest import pdf_bytes, upload


@pytest.mark.parametrize(
    "date", ["2019", "2019-06", "2019-06-27", "2020-02-29", "0001", "9999-12-31"]
)
def test_date_is_taken_as_exact_as_it_is_known(date):
    validate_partial_date(date)


@pytest.mark.parametrize(
    "date",
    [
        "",
        "19",
        "2019-6",
        "2019-13",
        "2019-00",
        "2019-06-31",
        "2019-02-29",
        "2019-06-00",
        "0000",
        "20190627",
        "2019/06",
        "27-06-2019",
        "Juni 2019",
        "2019-06-27T08:00",
        "2019-",
        "2019\n",
        " 2019",
        "-2019",
        "12019",
    ],
)
def test_what_is_no_iso_date_is_refused(date):
    with pytest.raises(ValidationError) as refused:
        validate_partial_date(date)
    assert refused.value.code == "partial_date"


@pytest.mark.parametrize(
    ("date", "language", "shown"),
    [
        ("2019", "id", "2019"),
        ("2019", "en", "2019"),
        ("2017-01", "id", "Januari 2017"),
        ("2017-01", "en", "January 2017"),
        ("2019-06-27", "id", "27 Juni 2019"),
        ("2019-06-27", "en", "27 June 2019"),
        ("0950-01", "en", "January 0950"),
        ("", "id", ""),
        ("dahulu", "id", "dahulu"),
    ],
)
def test_date_is_shown_as_exact_as_it_is_known_in_the_language_of_the_page(date, language, shown):
    with translation.override(language):
        assert format_partial_date(date) == shown


def test_dates_sort_as_text():
    dates = ["2019-06-27", "2018", "2019", "2019-06", "2018-12-31"]
    assert sorted(dates) == ["2018", "2018-12-31", "2019", "2019-06", "2019-06-27"]


def test_unknown_date_may_stay_empty():
    field = Innovation._meta.get_field("started_on")
    assert field.clean("", None) == ""
    with pytest.raises(ValidationError):
        field.clean("2019-13", None)


def test_date_that_is_needed_may_not_stay_empty():
    with pytest.raises(ValidationError):
        PartialDateField(blank=False).clean("", None)


def test_date_field_survives_a_migration():
    field = PartialDateField("mulai", help_text="kira-kira")
    field.set_attributes_from_name("started_on")
    _name, path, args, kwargs = field.deconstruct()
    assert path == "innovations.fields.PartialDateField"
    assert "max_length" not in kwargs
    copy = PartialDateField(*args, **kwargs)
    assert (copy.max_length, copy.blank, copy.verbose_name) == (10, True, "mulai")
    assert copy.help_text == "kira-kira"


class UploadForm(forms.Form):
    picture = PictureFormField(required=False)
    document = PdfFormField(required=False)


def codes(**files):
    form = UploadForm({}, files)
    return {
        name: [error.code for error in errors] for name, errors in form.errors.as_data().items()
    }


def picture_upload(content=None, name="foto.png"):
    return SimpleUploadedFile(name, picture_file().read() if content is None else content)


def test_good_uploads_pass_whatever_they_are_called():
    assert (
        codes(picture=picture_upload(name="foto.exe"), document=upload(pdf_bytes(), "x.doc")) == {}
    )


def test_upload_can_still_be_read_after_it_was_checked():
    form = UploadForm({}, {"picture": picture_upload(), "document": upload(pdf_bytes())})
    assert form.is_valid()
    assert form.cleaned_data["picture"].read() == picture_file().read()
    assert form.cleaned_data["document"].read() == pdf_bytes()


@pytest.mark.parametrize(
    ("content", "picture", "document"),
    [
        (b"", "empty", "empty"),
        (b"MZ\x90\x00" + b"\0" * 99, "not_a_picture", "not_a_pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_picture", "not_a_pdf"),
        (b"%PDF-1.7 saja", "not_a_picture", "not_a_pdf"),
        (b"\x89PNG\r\n\x1a\n", "not_a_picture", "not_a_pdf"),
    ],
)
def test_bad_uploads_are_refused_at_their_field(content, picture, document):
    uploads = {"picture": picture_upload(content), "document": upload(content)}
    assert codes(**uploads) == {"picture": [picture], "document": [document]}


def test_one_kind_does_not_pass_for_the_other():
    swapped = {"picture": upload(pdf_bytes(), "a.png"), "document": picture_upload(name="a.pdf")}
    assert codes(**swapped) == {"picture": ["not_a_picture"], "document": ["not_a_pdf"]}


def test_limits_are_those_of_the_settings(settings):
    settings.MAX_PICTURE_BYTES = settings.MAX_DOCUMENT_BYTES = 100
    uploads = {"picture": picture_upload(), "document": upload(pdf_bytes())}
    assert codes(**uploads) == {"picture": ["too_large"], "document": ["too_large"]}


def test_picture_of_too_many_pixels_is_refused(settings):
    settings.MAX_PICTURE_PIXELS = 640 * 400 - 1
    assert codes(picture=picture_upload()) == {"picture": ["too_many_pixels"]}


@pytest.mark.parametrize(
    ("model", "name", "form_field"),
    [(Picture, "image", PictureFormField), (Document, "file", PdfFormField)],
)
def test_staff_upload_through_the_field_that_looks_at_the_content(model, name, form_field):
    assert type(model._meta.get_field(name).formfield()) is form_field


def test_only_plain_digits_make_a_date():
    with pytest.raises(ValidationError):
        validate_partial_date("٢٠١٩")


def test_date_that_may_not_be_empty_stays_so_in_migrations():
    field = PartialDateField("tanggal", blank=False)
    field.set_attributes_from_name("tanggal")
    assert field.clone().blank is False


@pytest.mark.parametrize(
    ("started", "used", "in_order"),
    [
        ("2019-06", "2019-01", False),
        ("2019", "2019-01", True),
        ("2019-06", "2019", True),
        ("2020", "2019-12-31", False),
        ("2019-06-27", "2019-06-27", True),
    ],
)
def test_dates_of_an_innovation_come_in_order_as_far_as_they_are_known(started, used, in_order):
    innovation = Innovation(started_on=started, implemented_on=used)
    if in_order:
        innovation.clean()
    else:
        with pytest.raises(ValidationError):
            innovation.clean()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2026", "2026"),
        ("2026-03", "2026-03"),
        ("2026-03-12", "2026-03-12"),
        ("Maret 2026", "2026-03"),
        ("agt. 2025", "2025-08"),
        ("Nopember 2025", "2025-11"),
        ("03/2026", "2026-03"),
        ("12-03-2026", "2026-03-12"),
        ("1.3.2026", "2026-03-01"),
        ("12 Maret 2026", "2026-03-12"),
        ("March 12, 2026", "2026-03-12"),
        ("2026/3", "2026-03"),
        ("2026 Maret", "2026-03"),
        ("13/2026", "2026-13"),
        ("kemarin", "kemarin"),
        ("Ma 2026", "Ma 2026"),
        ("12 03 26", "12 03 26"),
        ("Maret Mei 2026", "Maret Mei 2026"),
        ("٠٣/٢٠٢٦", "٠٣/٢٠٢٦"),
        ("2026-03-12T08:00", "2026-03-12T08:00"),
        ("1 2 2026 4", "1 2 2026 4"),
        ("Maret", "Maret"),
        ("Kapan 2026", "Kapan 2026"),
        ("", ""),
    ],
)
def test_date_is_read_as_people_type_it_and_the_rest_is_left_to_be_refused(typed, read):
    assert read_partial_date(typed) == read
