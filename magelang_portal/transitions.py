"""Transitions of a model in the admin: as action on many, as button on one, with one page between.

The rule of which transition is open when stands on the model (`transitions`,
`open_transitions`, and the methods themselves); here is only how staff reach them.
"""

import re
from dataclasses import dataclass

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

PRIMARY_KEY = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class Note:
    """What staff should know before they say yes; a warning is to be thought over."""

    text: str
    is_warning: bool = False


class TransitionForm(forms.Form):
    """What is asked before a transition of `objects`, and what is told about them."""

    def __init__(self, *args, objects=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.objects = objects

    def notes(self) -> list[Note]:
        """What stands above the questions."""
        return []

    @property
    def arguments(self) -> dict:
        """With what the method is called, once the form is valid."""
        return self.cleaned_data


class NoQuestionsForm(TransitionForm):
    """For a transition that only wants to be confirmed."""


class MarksField(forms.CharField):
    """Carries what was shown; a page that comes back shows anew, and so carries that."""

    widget = forms.HiddenInput

    def bound_data(self, data, initial):
        return initial


class SeenForm(TransitionForm):
    """For a transition that makes public what was shown, and nothing that came after.

    The method is called with `seen`, the `mark` of each object as it was.
    """

    seen = MarksField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["seen"] = lambda: " ".join(each.mark for each in self.objects)

    def clean_seen(self):
        return self.cleaned_data["seen"].split()


class ReasonForm(TransitionForm):
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
    )


@dataclass(frozen=True)
class Transition:
    """A method of the model that staff may call, with what they are asked first.

    `name` is the method; `permission` the codename that it takes; the `arguments` of `form` are
    the method's further arguments. With `one_by_one` it is no action of the list.
    """

    name: str
    label: str
    permission: str
    form: type[TransitionForm] = NoQuestionsForm
    one_by_one: bool = False


class TransitionAdmin(admin.ModelAdmin):
    """Offers `transitions` as actions on the list and as buttons on the form."""

    transitions: tuple[Transition, ...] = ()
    change_form_template = "admin/transitions/change_form.html"
    # What someone reads who may see an object but not change it.
    locked_note = ""

    def may(self, request, transition: Transition, obj=None) -> bool:
        """Whether the user may make this transition (of `obj`, or at all)."""
        return request.user.has_perm(f"{self.opts.app_label}.{transition.permission}")

    def get_actions(self, request):
        actions = super().get_actions(request)
        for transition in self.transitions:
            if not transition.one_by_one and self.may(request, transition):
                actions[transition.name] = (
                    self._action_of(transition),
                    transition.name,
                    transition.label,
                )
        return actions

    def _action_of(self, transition):
        def action(modeladmin, request, queryset):
            ids = queryset.order_by("pk").values_list("pk", flat=True)
            return HttpResponseRedirect(modeladmin.transition_url(transition, ids))

        return action

    def transition_url(self, transition, ids) -> str:
        url = reverse(f"admin:{self._view_name}", args=[transition.name])
        return f"{url}?ids={','.join(map(str, ids))}"

    @property
    def _view_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_transition"

    def get_urls(self):
        view = self.admin_site.admin_view(self.transition_view)
        return [
            path("transition/<slug:name>/", view, name=self._view_name),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["open_transitions"] = [
            (transition, self.transition_url(transition, [obj.pk]))
            for transition in self.transitions
            if obj
            and transition.name in obj.open_transitions
            and self.may(request, transition, obj)
        ]
        if obj and not self.has_change_permission(request, obj):
            context["locked_note"] = self.locked_note
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def transition_view(self, request, name):
        """Ask what the transition wants to know, then make it; each object for itself."""
        transition = next((each for each in self.transitions if each.name == name), None)
        if transition is None or not self.may(request, transition):
            raise PermissionDenied
        ids = [pk for pk in request.GET.get("ids", "").split(",") if PRIMARY_KEY.fullmatch(pk)]
        objects = list(self.get_queryset(request).filter(pk__in=ids))
        if not all(self.may(request, transition, obj) for obj in objects):
            raise PermissionDenied
        changelist = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        if not objects:
            self.message_user(request, _("Choose at least one row."), messages.WARNING)
            return HttpResponseRedirect(changelist)
        if transition.one_by_one and len(objects) > 1:
            self.message_user(request, _("Choose one row only."), messages.WARNING)
            return HttpResponseRedirect(changelist)
        form = transition.form(request.POST or None, objects=objects)
        if request.method == "POST" and form.is_valid():
            errors = self._make(request, transition, objects, form.arguments)
            if len(errors) < len(objects):
                one = len(objects) == 1 and self.get_object(request, str(objects[0].pk))
                return HttpResponseRedirect(self._back_to(one) if one else changelist)
            for error in errors:
                form.add_error(None, error)
            # What was refused has changed them in memory.
            form.objects = objects = list(self.get_queryset(request).filter(pk__in=ids))
        context = {
            **self.admin_site.each_context(request),
            "title": transition.label,
            "opts": self.opts,
            "transition": transition,
            "objects": objects,
            "form": form,
            "changelist": changelist,
            "back": self._back_to(objects[0]) if len(objects) == 1 else changelist,
        }
        return TemplateResponse(request, "admin/transitions/confirm.html", context)

    def _back_to(self, obj) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])

    def _make(self, request, transition, objects, answers) -> list[ValidationError]:
        """Make the transition of each object; return what refused it."""
        errors = []
        for obj in objects:
            try:
                getattr(obj, transition.name)(by=request.user, **answers)
            except ValidationError as error:
                errors.append(error)
            else:
                self.log_change(request, obj, str(transition.label))
        if done := len(objects) - len(errors):
            if len(objects) == 1:
                of = objects[0]
            else:
                of = ngettext("%(count)d entry", "%(count)d entries", done) % {"count": done}
            text = _("Done: %(what)s – %(of)s.") % {"what": transition.label, "of": of}
            self.message_user(request, text, messages.SUCCESS)
            for error in errors:
                self.message_user(request, " ".join(error.messages), messages.ERROR)
        return errors
