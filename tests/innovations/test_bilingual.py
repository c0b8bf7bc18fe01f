import pytest
from django.apps import apps
from django.utils import translation

from innovations.bilingual import BilingualModel, Text, page_language
from innovations.models import Agency, Award, Document, Innovation, Outcome, Picture
from visits.models import Visit


@pytest.fixture
def innovation():
    return Innovation(summary="Ringkasan", summary_en="Summary", problem="Masalah")


@pytest.mark.parametrize(
    ("language", "expected"), [("id", "id"), ("en", "en"), ("en-gb", "en"), (None, "id")]
)
def test_page_is_in_one_of_two_languages(language, expected):
    with translation.override(language):
        assert page_language() == expected


@pytest.mark.parametrize(
    ("language", "field", "text", "falls_back"),
    [
        ("id", "summary", Text("Ringkasan", "id"), False),
        ("en", "summary", Text("Summary", "en"), False),
        ("id", "problem", Text("Masalah", "id"), False),
        ("en", "problem", Text("Masalah", "id"), True),
        ("id", "solution", Text("", "id"), False),
        ("en", "solution", Text("", "id"), False),
    ],
)
def test_english_reader_gets_english_or_else_indonesian_that_says_so(
    innovation, language, field, text, falls_back
):
    with translation.override(language):
        assert innovation.text(field) == text
        assert innovation.text(field).is_fallback is falls_back


def test_indonesian_page_never_falls_back_on_english():
    innovation = Innovation(summary="", summary_en="Summary")
    with translation.override("id"):
        assert innovation.text("summary") == Text("", "id")


@pytest.mark.parametrize(
    ("language", "fields", "partly"),
    [
        ("en", {"summary": "Ringkasan"}, True),
        ("id", {"summary": "Ringkasan"}, False),
        ("en", {"summary": "Ringkasan", "summary_en": "Summary"}, False),
        ("en", {"summary": "Ringkasan", "summary_en": "Summary", "problem": "Masalah"}, True),
        ("en", {}, False),
    ],
)
def test_entry_tells_whether_any_of_its_texts_falls_back(language, fields, partly):
    with translation.override(language):
        assert Innovation(**fields).is_partly_untranslated is partly


@pytest.mark.parametrize("field", ["name", "summary_en", "contact", "pk"])
def test_field_without_a_twin_is_a_mistake_of_the_programmer(innovation, field):
    with pytest.raises(ValueError, match=field):
        innovation.text(field)


MODELS = [model for model in apps.get_models() if issubclass(model, BilingualModel)]


def test_all_that_staff_write_for_readers_is_bilingual():
    assert {Agency, Award, Document, Innovation, Outcome, Picture, Visit} <= set(MODELS)


@pytest.mark.parametrize("model", MODELS)
def test_every_twin_is_announced_optional_and_as_long_as_the_text(model):
    names = {field.name for field in model._meta.get_fields()}
    assert {f"{name}_en" for name in model.bilingual_fields} == {
        name for name in names if name.endswith("_en")
    }
    for name in model.bilingual_fields:
        text, twin = model._meta.get_field(name), model._meta.get_field(f"{name}_en")
        assert twin.blank is True
        assert twin.max_length == text.max_length
        assert type(twin) is type(text)
