"""What the database itself refuses, and how an entry goes from draft to public and back."""

import datetime

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import translation

from innovations.models import Agency, Award, Innovation, Outcome, Source
from tests.factories import (
    AgencyFactory,
    AwardFactory,
    CitationFactory,
    InnovationFactory,
    OutcomeFactory,
    PictureFactory,
    QuestionFactory,
    SourceFactory,
    SuggestionFactory,
)

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 1, 5)


def change(obj, **values):
    """Change a row past every check that Python makes."""
    type(obj).objects.filter(pk=obj.pk).update(**values)


def cite_twice():
    citation = CitationFactory(fact="summary")
    CitationFactory(innovation=citation.innovation, source=citation.source, fact="summary")


def share_an_address():
    SourceFactory(url="https://berita.example/")
    SourceFactory(url="https://berita.example/")


def succeed_itself():
    agency = AgencyFactory()
    change(agency, succeeded_by=agency)


# Each constraint by its name, with ways to break it.
BREAKS = {
    "agency_not_its_own_successor": [succeed_itself],
    "agency_visit_ceiling_positive": [lambda: AgencyFactory(visit_ceiling=0)],
    "innovation_status_known": [
        lambda: change(InnovationFactory(), status="khayalan"),
        lambda: change(InnovationFactory(), status=""),
    ],
    "innovation_published_has_time": [
        lambda: change(InnovationFactory(), status="published"),
        lambda: change(InnovationFactory(published=True), published_at=None),
    ],
    "innovation_stopped_has_reason": [
        lambda: InnovationFactory(running=False),
        lambda: change(
            InnovationFactory(running=False, stopped_reason="Digabung."), stopped_reason=""
        ),
    ],
    "innovation_visit_group_positive": [lambda: InnovationFactory(visit_max_group=0)],
    "source_url_once": [share_an_address],
    "citation_once": [cite_twice],
    "picture_focal_point_inside": [
        lambda: change(PictureFactory(), focal_x=101),
        lambda: change(PictureFactory(), focal_y=101),
    ],
    "question_answer_has_date": [
        lambda: QuestionFactory(answer="Ya.", answered_on=None),
        lambda: QuestionFactory(answer="", answered_on=DAY),
    ],
    "suggestion_answer_has_date": [
        lambda: SuggestionFactory(answer="Ya.", answered_on=None),
        lambda: SuggestionFactory(answer="", answered_on=DAY),
    ],
}


def constraint_names():
    models = apps.get_app_config("innovations").get_models()
    return {constraint.name for model in models for constraint in model._meta.constraints}


def test_every_constraint_is_tried():
    assert BREAKS.keys() == constraint_names()


@pytest.mark.parametrize(
    ("name", "break_it"),
    [(name, break_it) for name, breaks in BREAKS.items() for break_it in breaks],
)
def test_database_refuses_what_the_constraint_forbids(name, break_it):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        break_it()
    if name in {"source_url_once", "citation_once"} and connection.vendor == "sqlite":
        # SQLite names the columns of a broken unique index, not the index.
        assert "UNIQUE constraint failed" in str(refused.value)
    else:
        assert name in str(refused.value)


def test_database_takes_what_lies_just_inside_the_constraints():
    AgencyFactory(visit_ceiling=1, succeeded_by=AgencyFactory(visit_ceiling=None))
    InnovationFactory(visit_max_group=1, running=False, stopped_reason="Digabung.")
    InnovationFactory(running=None, stopped_reason="")
    change(PictureFactory(), focal_x=100, focal_y=0)
    SourceFactory(url="")
    SourceFactory(url="")
    citation = CitationFactory(fact="name")
    CitationFactory(innovation=citation.innovation, source=citation.source, fact="summary")
    QuestionFactory(answer="Ya.", answered_on=DAY)


@pytest.mark.parametrize(
    ("factory", "field"),
    [
        (InnovationFactory, "slug"),
        (AgencyFactory, "slug"),
        (AgencyFactory, "abbreviation"),
        (SourceFactory, "slug"),
        (AwardFactory, "slug"),
    ],
)
def test_keys_are_unique(factory, field):
    factory(**{field: "sama"})
    with pytest.raises(IntegrityError), transaction.atomic():
        factory(**{field: "sama"})


@pytest.mark.parametrize(
    ("used_by", "used"),
    [
        (InnovationFactory, "agency"),
        (CitationFactory, "source"),
        (OutcomeFactory, "source"),
        (AwardFactory, "source"),
    ],
)
def test_what_an_entry_rests_on_cannot_be_deleted_away(used_by, used):
    with pytest.raises(ProtectedError):
        getattr(used_by(), used).delete()


def test_agency_that_others_were_merged_into_cannot_be_deleted():
    with pytest.raises(ProtectedError):
        AgencyFactory(succeeded_by=AgencyFactory()).succeeded_by.delete()


@pytest.mark.parametrize(
    ("started", "trialled", "implemented", "year"),
    [
        ("2014-11", "2015", "2016-01-02", "2014"),
        ("", "2015-03", "2016", "2015"),
        ("", "", "2019-06-27", "2019"),
        ("2017", "", "", "2017"),
        ("", "", "", ""),
    ],
)
def test_year_is_that_of_the_first_date_known(started, trialled, implemented, year):
    innovation = InnovationFactory(
        started_on=started, trialled_on=trialled, implemented_on=implemented
    )
    innovation.refresh_from_db()
    assert innovation.year == year


def test_year_follows_when_a_date_becomes_known():
    innovation = InnovationFactory(implemented_on="2019")
    innovation.started_on = "2017-01"
    innovation.save()
    innovation.refresh_from_db()
    assert innovation.year == "2017"


@pytest.mark.parametrize(
    ("started", "trialled", "implemented", "in_order"),
    [
        ("2017", "2018", "2019", True),
        ("2017", "2017", "2017", True),
        ("2017", "", "2016", False),
        ("2018", "2017", "", False),
        ("", "2019", "2018-12", False),
        ("", "", "", True),
    ],
)
def test_innovation_starts_is_tried_and_is_used_in_this_order(
    started, trialled, implemented, in_order
):
    innovation = InnovationFactory.build(
        started_on=started, trialled_on=trialled, implemented_on=implemented
    )
    if in_order:
        innovation.clean()
    else:
        with pytest.raises(ValidationError) as refused:
            innovation.clean()
        assert refused.value.error_dict.keys() == {"implemented_on"}


@pytest.mark.parametrize("days", ["1", "7", "1, 3", "1,3,5", "5, 6, 7"])
def test_closed_days_are_written_as_numbers(days):
    field = Innovation._meta.get_field("visit_closed_days")
    assert field.clean(days, None) == days


@pytest.mark.parametrize("days", ["0", "8", "Senin", "1 3", "1;3", "1,", "12"])
def test_other_closed_days_are_refused(days):
    with pytest.raises(ValidationError) as refused:
        Innovation._meta.get_field("visit_closed_days").clean(days, None)
    assert [error.code for error in refused.value.error_list] == ["weekdays"]


def test_closed_days_are_named_in_the_language_of_the_page():
    innovation = InnovationFactory.build(visit_closed_days="1,5, 7")
    with translation.override("id"):
        assert [str(day) for day in innovation.closed_day_names] == ["Senin", "Jumat", "Minggu"]
    with translation.override("en"):
        assert [str(day) for day in innovation.closed_day_names] == ["Monday", "Friday", "Sunday"]


def test_cover_is_the_first_picture_or_none():
    innovation = InnovationFactory()
    assert innovation.cover is None
    PictureFactory(innovation=innovation, position=2)
    first = PictureFactory(innovation=innovation, position=1)
    assert Innovation.objects.get().cover == first


@pytest.mark.parametrize(
    ("focal_x", "step"), [(0, 0), (4, 0), (6, 1), (50, 5), (96, 10), (100, 10)]
)
def test_focal_point_is_rounded_to_the_steps_of_the_style_sheet(focal_x, step):
    picture = PictureFactory.build(innovation=None, focal_x=focal_x, focal_y=100 - focal_x)
    assert (picture.focus_x_step, picture.focus_y_step) == (step, 10 - step)


def complete(**changes):
    """The least entry in which every expected field is told."""
    told = dict.fromkeys(Innovation.expected_fields, "ya")
    told |= {
        "form": "governance",
        "type": "digital",
        "stage": "trial",
        "initiator": "agency",
        "government_affair": "health",
        "started_on": "2018",
        "implemented_on": "2019",
        "running": True,
        "visitable": True,
    }
    return InnovationFactory(**told | changes)


def waiting():
    return list(Innovation.objects.waiting_for_owner())


def test_complete_entry_waits_for_nothing():
    assert complete().missing_fields == []
    assert waiting() == []


@pytest.mark.parametrize("name", Innovation.expected_fields)
def test_entry_waits_for_each_expected_field_that_is_empty(name):
    field = Innovation._meta.get_field(name)
    innovation = complete(**{name: None if field.null else ""})
    assert innovation.missing_fields == [field.verbose_name]
    assert waiting() == [innovation]


def test_no_is_an_answer():
    innovation = complete(running=False, stopped_reason="Digabung.", visitable=False)
    assert innovation.missing_fields == []
    assert waiting() == []


def test_texts_by_which_staff_know_a_row():
    agency = Agency(name="Dinas Perhubungan", abbreviation="Dishub")
    assert str(agency) == "Dinas Perhubungan (Dishub)"
    assert str(Source(title="Berita", publisher="Antara")) == "Berita (Antara)"
    assert str(Source(title="Berita")) == "Berita"
    assert str(Award(name="Top 99", awarded_on="2019-07-18")) == "Top 99 2019"
    assert str(Outcome(indicator="Waktu")) == "Waktu"
    assert str(SuggestionFactory.build(innovation=None, text="x" * 100)) == "x" * 60
