from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Avg, Count
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovations.admin.pictures import AbstractPictureInline
from innovations.models import Innovation, Question
from magelang_portal.long_lists import LongListAdmin, innovation_filter
from magelang_portal.transitions import PRIMARY_KEY
from visits.admin.read_only import ReadOnly
from visits.guests import shown_innovations
from visits.models import AskedQuestion, Feedback, InnovationFeedback, Visit, VisitPicture

# A longer table is read by nobody.
MOST_AVERAGES = 100


def afterwards_of(visit: Visit) -> str:
    """What was said, asked and adopted, with the ways to it: for the visit's form."""
    if visit.pk is None or not visit.has_begun:
        return "–"
    lines = []
    feedback = visit.feedback.aggregate(average=Avg("rating"), number=Count("pk"))
    if feedback["number"]:
        text = gettext("Feedback: %(number)s, on average %(average)s of 5") % {
            "number": number_format(feedback["number"]),
            "average": number_format(feedback["average"], 1),
        }
        lines.append((_list_of("feedback", f"visit__id__exact={visit.pk}"), text))
    text = gettext("Questions: %(number)s") % {"number": visit.asked_questions.count()}
    lines.append((_list_of("askedquestion", f"visit__id__exact={visit.pk}"), text))
    add = reverse("admin:visits_askedquestion_add")
    lines.append((f"{add}?visit={visit.pk}", gettext("Record a question asked on site")))
    text = gettext("Adoptions told: %(number)s") % {"number": visit.adoptions.count()}
    lines.append((_list_of("adoption", f"visit__id__exact={visit.pk}"), text))
    links = format_html_join(mark_safe("<br>"), '<a href="{}">{}</a>', lines)
    follow_ups = format_html_join(
        "", "<br>{}", ((_told(each),) for each in visit.follow_ups.all())
    )
    return format_html("{}{}", links, follow_ups)


def _list_of(model_name, query) -> str:
    return f"{reverse(f'admin:visits_{model_name}_changelist')}?{query}"


def _told(follow_up) -> str:
    said = {
        "months": follow_up.months,
        "asked": date_format(follow_up.asked_at, "SHORT_DATE_FORMAT"),
    }
    if follow_up.answered_at:
        said["answered"] = date_format(follow_up.answered_at, "SHORT_DATE_FORMAT")
        return (
            gettext("Asked after %(months)s months on %(asked)s, answered on %(answered)s") % said
        )
    return gettext("Asked after %(months)s months on %(asked)s, not answered yet") % said


class InnovationFeedbackInline(ReadOnly, admin.TabularInline):
    model = InnovationFeedback
    extra = 0
    can_delete = False
    fields = readonly_fields = ["innovation", "usefulness", "better"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("innovation")


@admin.register(Feedback)
class FeedbackAdmin(ReadOnly, LongListAdmin):
    """What those who came wrote: to be read, by staff alone, and without a name."""

    list_display = ["reference", "score", "good", "better", "created_at"]
    list_select_related = ["visit"]
    list_filter = [
        "rating",
        "language",
        innovation_filter("innovations__innovation"),
    ]
    reference_path = "visit__reference"
    search_fields = ["visit__reference", "visit__organisation", "good", "better"]
    search_help_text = _("Reference, organisation, or a word of the answer.")
    date_hierarchy = "created_at"
    fields = readonly_fields = ["visit", "rating", "good", "better", "language", "created_at"]
    inlines = [InnovationFeedbackInline]

    @admin.display(description=_("visit"), ordering="visit__reference")
    def reference(self, feedback):
        return feedback.visit.reference

    @admin.display(description=_("of 5"), ordering="rating")
    def score(self, feedback):
        return feedback.rating

    def changelist_view(self, request, extra_context=None):
        """The list, with averages of exactly what it shows; by innovation once it is narrowed."""
        response = super().changelist_view(request, extra_context)
        if changelist := getattr(response, "context_data", {}).get("cl"):
            shown = changelist.queryset.order_by()
            response.context_data["overall"] = shown.aggregate(
                average=Avg("rating"), number=Count("pk")
            )
            if changelist.query or changelist.get_filters_params():
                response.context_data["averages"] = _averages(shown)
        return response


def _averages(feedback) -> list[dict]:
    """How useful each innovation was found, the most useful first; nothing for too many."""
    averages = (
        InnovationFeedback.objects.filter(feedback__in=feedback.values("pk"))
        .order_by()
        .values("innovation__name")
        .annotate(average=Avg("usefulness"), number=Count("pk"))
        .order_by("-average", "innovation__name")
    )
    rows = list(averages[: MOST_AVERAGES + 1])
    return rows if len(rows) <= MOST_AVERAGES else []


class OnSiteQuestionForm(forms.ModelForm):
    """A question as staff take it down, telephone in hand."""

    innovation = forms.ModelChoiceField(
        label=_("Innovation"),
        queryset=Innovation.objects.published(),
        widget=AutocompleteSelect(Question._meta.get_field("innovation"), admin.site),  # noqa: SLF001
    )
    text = forms.CharField(
        label=_("Question"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        help_text=_("As it was asked; without the name of who asked."),
    )

    class Meta:
        model = AskedQuestion
        fields = ["visit"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        chosen = str(self.data.get("visit") or self.initial.get("visit") or "")
        visit = Visit.objects.filter(pk=chosen).first() if PRIMARY_KEY.fullmatch(chosen) else None
        seen = shown_innovations(visit) if visit else []
        if seen:
            pks = [innovation.pk for innovation in seen]
            self.fields["innovation"].widget = forms.Select()
            self.fields["innovation"].queryset = Innovation.objects.filter(pk__in=pks)
        if len(seen) == 1:
            self.initial.setdefault("innovation", seen[0].pk)


@admin.register(AskedQuestion)
class AskedQuestionAdmin(LongListAdmin):
    """Questions asked on visits: taken down here, answered among the questions."""

    list_display = ["question", "innovation", "reference", "is_answered", "told_at"]
    list_select_related = ["question__innovation", "visit"]
    list_filter = [
        ("question__answer", admin.EmptyFieldListFilter),
        "question__moderation",
        innovation_filter("question__innovation"),
    ]
    reference_path = "visit__reference"
    search_fields = ["question__text", "visit__reference", "visit__organisation"]
    search_help_text = _("A word of the question, reference or organisation.")
    autocomplete_fields = ["visit"]
    readonly_fields = ["innovation", "question_link", "is_answered", "told_at"]

    def get_form(self, request, obj=None, **kwargs):
        if obj is None:
            kwargs["form"] = OnSiteQuestionForm
        return super().get_form(request, obj, **kwargs)

    def get_fields(self, request, obj=None):
        if obj is None:
            return ["visit", "innovation", "text"]
        return ["visit", "innovation", "question_link", "is_answered", "told_at"]

    def get_readonly_fields(self, request, obj=None):
        """Where a question was asked does not change; its text belongs to the catalogue."""
        return [*self.readonly_fields, "visit"] if obj else []

    def get_changeform_initial_data(self, request):
        """What the address says; a key that is none says nothing."""
        initial = super().get_changeform_initial_data(request)
        return {name: key for name, key in initial.items() if PRIMARY_KEY.fullmatch(key)}

    def save_model(self, request, obj, form, change):
        if not change:
            recorded = AskedQuestion.record(
                visit=form.cleaned_data["visit"],
                innovation=form.cleaned_data["innovation"],
                text=form.cleaned_data["text"],
                language=form.cleaned_data["visit"].language,
            )
            obj.pk, obj.question = recorded.pk, recorded.question

    def response_add(self, request, obj, post_url_continue=None):
        """The next question is most often of the same visit, and of the same innovation."""
        response = super().response_add(request, obj, post_url_continue)
        if "_addanother" in request.POST:
            query = f"visit={obj.visit_id}&innovation={obj.question.innovation_id}"
            return HttpResponseRedirect(f"{request.path}?{query}")
        return response

    @admin.display(description=_("innovation"), ordering="question__innovation__name")
    def innovation(self, asked):
        return asked.question.innovation

    @admin.display(description=_("visit"), ordering="visit__reference")
    def reference(self, asked):
        return asked.visit.reference

    @admin.display(description=_("answered"), boolean=True)
    def is_answered(self, asked):
        return bool(asked.answer)

    @admin.display(description=_("question"))
    def question_link(self, asked):
        options = Question._meta  # noqa: SLF001 (documented API)
        url = reverse(
            f"admin:{options.app_label}_{options.model_name}_change", args=[asked.question_id]
        )
        return format_html('<a href="{}">{}</a>', url, asked.question.text)


class VisitPictureInline(AbstractPictureInline):
    model = VisitPicture
    verbose_name_plural = _("pictures of the visit: only with the consent of those shown")
