"""The list of participants: typed in or uploaded, and their passes.

Each view takes a Door: the delegation at its private link, or staff.
"""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from visits.forms.participants import ParticipantFileForm, ParticipantForm, SaveListForm
from visits.models import GroupPass
from visits.participant_sheets import template_csv, template_xlsx
from visits.passes import pass_url, qr_drawing

CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
TEMPLATES = {"xlsx": template_xlsx, "csv": template_csv}


@require_safe
def participant_list(request, door):
    """Who comes, by name; and that a number alone will do."""
    participants = list(door.visit.attendees.all())
    context = {"door": door, "visit": door.visit, "participants": participants}
    return render(request, "visits/participant_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def participant_add(request, door):
    """Add one participant; “and another” comes back to the empty form."""
    form = ParticipantForm(request.POST or None)
    if form.is_valid():
        try:
            door.visit.add_participant(by=door.by, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The participant stands on the list."))
            return redirect(door.add if "another" in request.POST else door.participants)
    return render(request, "visits/participant_form.html", {"door": door, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def participant_change(request, door, pk):
    """Correct one participant."""
    participant = get_object_or_404(door.visit.attendees, pk=pk)
    form = ParticipantForm(request.POST or None, instance=participant)
    if form.is_valid():
        try:
            door.visit.change_participant(participant, by=door.by, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The change is saved."))
            return redirect(door.participants)
    context = {"door": door, "form": form, "participant": participant}
    return render(request, "visits/participant_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def participant_remove(request, door, pk):
    """Take one participant off the list, once that is confirmed."""
    participant = get_object_or_404(door.visit.attendees, pk=pk)
    return _remove(
        request,
        door,
        {"participant": participant},
        lambda: door.visit.remove_participant(participant, by=door.by),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def participant_remove_all(request, door):
    """Empty the list, once that is confirmed: the delegation comes as a number."""
    visit = door.visit
    return _remove(
        request,
        door,
        {"number": visit.attendees.count()},
        lambda: visit.replace_list([], by=door.by, mark=visit.list_mark),
    )


def _remove(request, door, context, remove):
    context["door"] = door
    if request.method == "POST":
        try:
            remove()
        except ValidationError as error:
            context["error"] = " ".join(error.messages)
        else:
            messages.success(request, _("Removed from the list."))
            return redirect(door.participants)
    return render(request, "visits/participant_remove.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def participant_upload(request, door):
    """Read a file and show what saving would change; then save exactly that, or nothing."""
    if "content" in request.POST:
        return _save_list(request, door)
    if request.method != "POST":
        return _upload_page(request, door, ParticipantFileForm())
    form = ParticipantFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload_page(request, door, form)
    content = form.cleaned_data["file"]
    return _preview(request, door, content.rows, content)


def _upload_page(request, door, form, error=""):
    context = {"door": door, "form": form, "error": error}
    return render(request, "visits/participant_upload.html", context)


def _preview(request, door, rows, content=None, error=None):
    """What saving `rows` would change, with `content.problems` or what else forbids it."""
    comparison = door.visit.compare_list(rows)
    problems = content.problems if content else []
    if not error and not problems:
        try:
            door.visit.check_list(comparison, len(rows), by=door.by)
        except ValidationError as refused:
            error = refused
    may_save = not problems and (error is None or error.code == "changed")
    context = {
        "door": door,
        "visit": door.visit,
        "rows": rows,
        "comparison": comparison,
        "problems": problems,
        "problem_rows": len({problem.row for problem in problems}),
        "notes": content.notes if content else [],
        "error": " ".join(error.messages) if error else "",
        "save_form": SaveListForm.holding(door.visit, rows) if may_save else None,
        "form": ParticipantFileForm(),
    }
    return render(request, "visits/participant_preview.html", context)


def _save_list(request, door):
    form = SaveListForm(request.POST, visit=door.visit)
    if not form.is_valid():
        error = " ".join(form.errors["content"])
        return _upload_page(request, door, ParticipantFileForm(), error)
    content = form.cleaned_data["content"]
    rows = content["rows"]
    try:
        door.visit.replace_list(rows, by=door.by, mark=content["mark"])
    except ValidationError as error:
        return _preview(request, door, rows, error=error)
    messages.success(
        request,
        ngettext(
            "The list is saved: %(number)d participant.",
            "The list is saved: %(number)d participants.",
            len(rows),
        )
        % {"number": len(rows)},
    )
    return redirect(door.participants)


@require_safe
def participant_template(request, door, kind):
    """The template to fill in; with the participants that are known already."""
    if kind not in TEMPLATES:
        raise Http404
    content = TEMPLATES[kind](door.visit.attendees.all())
    name = _("participants-%(reference)s") % {"reference": door.visit.reference}
    return download(content, f"{name}.{kind}")


def download(content: bytes, name: str) -> HttpResponse:
    """A spreadsheet as a download under `name`, whose ending tells its kind."""
    response = HttpResponse(content, content_type=CONTENT_TYPES[name.rpartition(".")[2]])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
def passes(request, door):
    """Passes to print and cut: one for the group, and one for each name."""
    visit = door.visit
    if visit.erased_at:
        raise Http404
    group = GroupPass.of(visit)
    cards = [(participant, _code(participant, visit)) for participant in visit.attendees.all()]
    context = {"door": door, "visit": visit, "group_code": _code(group, visit), "cards": cards}
    return render(request, "visits/passes.html", context)


def _code(holder, visit):
    return qr_drawing(pass_url(holder.ensure_token(), language=visit.language))
