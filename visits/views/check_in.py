"""The day of the visit, on a phone: passes, who is there, and the attendance as a spreadsheet."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from visits.forms.participants import GroupPresenceForm, PresenceForm
from visits.guests import Guest
from visits.models import GroupPass, Participant
from visits.participant_files import clean_text
from visits.participant_sheets import attendance_xlsx
from visits.passes import pass_url, qr_drawing
from visits.views.participants import download
from visits.views.private import UnknownPass, private_page

# What the list can be narrowed to, and how.
SHOWN = {
    "": (gettext_lazy("All"), Q()),
    "expected": (gettext_lazy("Not here yet"), Q(attended_at__isnull=True)),
    "present": (gettext_lazy("Present"), Q(attended_at__isnull=False, left_at__isnull=True)),
    "left": (gettext_lazy("Left again"), Q(left_at__isnull=False)),
}


@require_safe
@private_page
def pass_page(request, token):
    """Where a pass leads: staff to the check-in of its holder, everybody else to the pass."""
    holder = _holder_of(token)
    visit = holder.visit
    is_group = isinstance(holder, GroupPass)
    if admin.site.has_permission(request) and request.user.has_perm("visits.check_in"):
        if is_group:
            return redirect("visits:check_in_group", visit.reference)
        return redirect("visits:check_in_one", visit.reference, holder.pk)
    context = {
        "visit": visit,
        "token": token,
        "participant": None if is_group else holder,
        "code": qr_drawing(pass_url(token, language=visit.language)),
        "has_begun": visit.has_begun,
        "came": Guest(visit, participant=None if is_group else holder).came,
    }
    return render(request, "visits/pass.html", context)


def _holder_of(token):
    for model in (Participant, GroupPass):
        holder = model.objects.at_private_link(token).select_related("visit").first()
        if holder:
            return holder
    raise UnknownPass


@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request, door):
    """Everyone on the list, with what can be tapped; `?q=` searches, `?show=` narrows."""
    query = clean_text(request.GET.get("q", ""))
    shown = request.GET.get("show", "")
    shown = shown if shown in SHOWN else ""
    if request.method == "POST":
        participant = _mark(request, door)
        # Back to where the finger was.
        place = f"#p{participant.pk}" if participant else ""
        return redirect(f"{request.get_full_path()}{place}")
    found = door.visit.attendees.filter(SHOWN[shown][1])
    if query:
        found = found.filter(
            Q(name__icontains=query)
            | Q(institution__icontains=query)
            | Q(job_title__icontains=query)
        )
    context = {
        **_counts(door),
        "participants": list(found),
        "query": query,
        "shown": shown,
        "choices": [(value, label) for value, (label, _condition) in SHOWN.items()],
    }
    return render(request, "visits/check_in.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def check_in_one(request, door, pk):
    """One participant, whose pass was scanned."""
    participant = get_object_or_404(door.visit.attendees, pk=pk)
    if request.method == "POST":
        _mark(request, door)
        return redirect("visits:check_in_one", door.visit.reference, participant.pk)
    context = {**_counts(door), "participant": participant}
    return render(request, "visits/check_in_one.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def check_in_group(request, door):
    """The whole delegation at once, by its number."""
    visit = door.visit
    counts = _counts(door)
    number = visit.participants or counts["presence"]["listed"] or visit.expected_participants
    form = GroupPresenceForm(
        request.POST or None, listed=counts["presence"]["listed"], initial={"number": number}
    )
    try:
        if "undo" in request.POST:
            visit.check_in_group(None, by=door.by)
            return redirect("visits:check_in_group", visit.reference)
        if form.is_valid():
            visit.check_in_group(by=door.by, **form.cleaned_data)
            messages.success(request, _("The number of persons present is saved."))
            return redirect("visits:check_in", visit.reference)
    except ValidationError as error:
        form.add_error(None, error)
    return render(request, "visits/check_in_group.html", {**counts, "form": form})


def _mark(request, door) -> Participant | None:
    """Make the tap, and return for whom; what refuses it is said on the page that follows."""
    form = PresenceForm(request.POST, visit=door.visit)
    if not form.is_valid():
        messages.error(request, _("This participant is no longer on the list."))
        return None
    participant = form.cleaned_data["participant"]
    participant.visit = door.visit
    try:
        getattr(participant, form.cleaned_data["mark"])(by=door.by)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return participant


def _counts(door):
    presence = door.visit.attendees.presence()
    counted = door.visit.participants
    return {
        "door": door,
        "visit": door.visit,
        "presence": presence,
        "here": presence["present"] if counted is None else counted,
        "list_url": reverse("visits:check_in", args=[door.visit.reference]),
    }


@require_safe
def attendance(request, door):
    """Who attended, as a spreadsheet."""
    content = attendance_xlsx(door.visit.attendees.all())
    name = _("attendance-%(reference)s") % {"reference": door.visit.reference}
    return download(content, f"{name}.xlsx")
