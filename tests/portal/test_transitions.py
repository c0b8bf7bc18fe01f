"""What a transition tells and asks before it is made."""

from types import SimpleNamespace

from django import forms
from django.template.loader import render_to_string

from magelang_portal.transitions import NoQuestionsForm, Note, ReasonForm, TransitionForm
from visits.models import Visit


class CountingForm(TransitionForm):
    sure = forms.BooleanField()

    def notes(self):
        return [
            Note(f"{len(self.objects)} <dipilih>"),
            Note("Tidak dapat kembali.", is_warning=True),
        ]

    @property
    def arguments(self):
        return {}


def page(form):
    transition = SimpleNamespace(label="Coba")
    opts = Visit._meta
    context = {"form": form, "transition": transition, "opts": opts, "objects": form.objects}
    return render_to_string("admin/transitions/confirm.html", context | {"changelist": "/daftar/"})


def test_form_looks_at_what_it_is_about():
    text = page(CountingForm(objects=["satu", "dua"]))
    assert "2 &lt;dipilih&gt;" in text
    assert text.count('class="notes__warning"') == 1


def test_form_without_notes_shows_none():
    for form in (NoQuestionsForm(), ReasonForm(objects=["satu"])):
        assert 'class="notes"' not in page(form)


def test_method_is_called_with_what_was_answered_unless_the_form_says_otherwise():
    plain, counting = ReasonForm({"reason": "Sebab."}), CountingForm({"sure": "on"})
    assert plain.is_valid()
    assert counting.is_valid()
    assert (plain.arguments, counting.arguments) == ({"reason": "Sebab."}, {})


def test_way_back_is_the_list_unless_the_page_says_otherwise():
    assert 'class="button cancel-link" href="/daftar/"' in page(NoQuestionsForm())
