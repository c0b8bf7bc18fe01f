"""Asking for a visit, step by step; `visits.registration.Draft` keeps what has been filled in."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from magelang_portal.rate_limits import REGISTRATIONS
from visits.forms.request import SendForm
from visits.itinerary import kept_slugs
from visits.models import TimeSlot
from visits.registration import FORMS, Draft, SeatsGoneError, TooFastError, TooOldError, sent_visit
from visits.same_topic import earlier_visits
from visits.views.private import private_page

TITLES = {
    "wish": gettext_lazy("What you want to see"),
    "date": gettext_lazy("Date"),
    "organisation": gettext_lazy("Your delegation"),
    "contact": gettext_lazy("Contact person"),
    "letter": gettext_lazy("Letter and agreement"),
    "summary": gettext_lazy("Check and send"),
}
ORDER = list(TITLES)
LONGEST_SEARCH, MOST_PARTS = 100, 500


def address_of(step: str) -> str:
    return reverse("visits:register" if step == "wish" else f"visits:register_{step}")


@require_http_methods(["GET", "HEAD", "POST"])
def register(request):
    """The first step, and a public page; `?innovation=<slug>` and `?slot=<pk>` lead into it.

    Nothing is kept of whoever only looks at it.
    """
    if request.method == "POST":
        return _answer(request, "wish")
    draft = Draft(request, wanted=request.GET.getlist("innovation"))
    slot = _slot(request.GET.get("slot", ""))
    if {"words", "part"} & request.GET.keys():
        form = draft.looking_for(_words(request.GET), _part(request.GET.get("part", "")))
    else:
        form = draft.form("wish")
    response = _page(request, draft, "wish", form, slot=slot)
    if draft.is_begun or kept_slugs(request):
        response["Cache-Control"] = "private, no-store"
    return response


def _words(sent) -> str:
    return sent.get("words", "").strip()[:LONGEST_SEARCH]


def _part(key: str) -> int:
    return min(max(1, int(key[:4])), MOST_PARTS) if key.isdecimal() else 1


def _search_of(request) -> str | None:
    """Where a reader is led who searches among the innovations; None for one who goes on.

    Enter goes on, too, unless other words have been typed than those that were looked for.
    """
    words = _words(request.POST)
    if "find" in request.POST:
        part = _part(request.POST["find"])
    elif "enter" in request.POST and words != request.POST.get("words_before", "").strip():
        part = 1
    else:
        return None
    query = {"words": words, "part": part}
    if slot := _slot(request.POST.get("slot", "")):
        query["slot"] = slot.pk
    return f"{address_of('wish')}?{urlencode(query)}#field_innovations"


def _slot(key: str) -> TimeSlot | None:
    """The slot that a calendar led here with, if it may be asked for."""
    if not key.isdecimal():
        return None
    return TimeSlot.objects.open_for_requests().filter(pk=int(key[:18])).first()


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def step(request, name):
    """A later step; whoever comes too early is led to the first that is unfinished."""
    if request.method == "POST":
        return _answer(request, name)
    draft = Draft(request)
    if unfinished := draft.unfinished(before=name):
        return redirect(address_of(unfinished))
    return _page(request, draft, name, draft.form(name))


@private_page
def _answer(request, name):
    """Keep what was posted for the step `name`; go back, stay with its errors, or go on."""
    if visit := sent_visit(request):
        return _to_request(
            request,
            visit,
            _(
                "This request was sent before, and here it is. What you changed just now was not "
                "sent: tell us here what is different."
            ),
            level=messages.WARNING,
        )
    draft = Draft(request)
    if name != "wish" and not draft.is_begun:
        _say_that_it_is_gone(request)
    form = draft.fill(name)
    if "discard" in request.POST:
        return redirect(address_of("discard"))
    if "back" in request.POST and name != "wish":
        return redirect(address_of(ORDER[ORDER.index(name) - 1]))
    if name == "wish" and (search := _search_of(request)):
        return redirect(search)
    if form.is_valid():
        return redirect(address_of(draft.unfinished() or "summary"))
    slot = _slot(request.POST.get("slot", "")) if name == "wish" else None
    return _page(request, draft, name, form, slot=slot)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def discard(request):
    """Asks before what was filled in is thrown away; nothing but its button does it."""
    draft = Draft(request)
    if draft.is_begun and request.method != "POST":
        there = address_of(draft.unfinished() or "summary")
        return render(request, "visits/registration/discard.html", {"there": there})
    if draft.is_begun:
        draft.discard()
        messages.success(request, _("What you had filled in is thrown away."))
    return redirect("visits:register")


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def summary(request):
    """All of it once more, what to know before sending, and the button that sends it."""
    if request.method == "POST" and (visit := sent_visit(request)):
        return _to_request(request, visit, _sent(visit))
    draft = Draft(request)
    if unfinished := draft.unfinished():
        if request.method == "POST" and not draft.is_begun:
            _say_that_it_is_gone(request)
        return redirect(address_of(unfinished))
    form = SendForm(request.POST or None)
    if request.method == "POST":
        if {"back", "discard"} & request.POST.keys():
            away = "discard" if "discard" in request.POST else "letter"
            return redirect(address_of(away))
        if {"join", "leave"} & request.POST.keys():
            _join(request, draft)
            return redirect(address_of("summary"))
        if form.is_valid() and (visit := _send(request, draft, form)):
            return _to_request(request, visit, _sent(visit))
    return _page(request, draft, "summary", form, **_before_sending(draft))


def _join(request, draft):
    if "leave" in request.POST:
        draft.leave()
        messages.success(request, _("You join nobody. The date that you chose stands again."))
    elif not (request.POST["join"].isdecimal() and draft.join(int(request.POST["join"][:18]))):
        messages.error(
            request, _("This visit can no longer be joined. The date that you chose stands.")
        )


def _send(request, draft, form):
    """The visit that the draft has become; None with an error on `form` where it could not."""
    if draft.has_lost_its_host:
        draft.leave()
        form.add_error(
            None,
            _(
                "The visit that you wanted to join has no more room. The date that you chose "
                "stands again: look at it, then send the request."
            ),
        )
        return None
    if not REGISTRATIONS.allows(request):
        form.add_error(
            None,
            _(
                "Too many requests came from your connection. Nothing is lost: send it again in "
                "an hour."
            ),
        )
        return None
    try:
        return draft.submit(seen=form.cleaned_data["seen"])
    except TooFastError:
        form.add_error(
            None, _("That was faster than people type. Wait ten seconds, then send it again.")
        )
    except TooOldError:
        draft.renew()
        form.add_error(
            None,
            _(
                "The request was begun many hours ago. Look whether all is still right, then send "
                "it again."
            ),
        )
    except SeatsGoneError:
        form.add_error(
            None,
            _(
                "Somebody else has just taken the seats that you saw. Choose another time slot, "
                "or send the request again: it then comes onto the waiting list."
            ),
        )
    return None


def _say_that_it_is_gone(request):
    messages.warning(
        request,
        _(
            "What you filled in before is no longer there: it is kept for twelve hours. Please "
            "fill it in once more."
        ),
    )


def _sent(visit) -> str:
    """What is said after sending, and of a second click on the button that sends, too."""
    return _(
        "The request has been sent; its reference is %(reference)s. What comes next stands below, "
        "and goes to your contact person by e-mail, with the link of this page."
    ) % {"reference": visit.reference}


def _to_request(request, visit, news, *, level=messages.SUCCESS):
    """To the private page of a request that was sent, now or before."""
    messages.add_message(request, level, news)
    if visit.private_token is None:
        return redirect("visits:register")
    return redirect("visits:request", token=visit.private_token)


def _before_sending(draft) -> dict:
    draft.unfinished()  # what has changed since is validated anew
    organisation = draft.form("organisation").cleaned_data["organisation"]
    return {
        "forms": {name: draft.form(name) for name in FORMS},
        "choice": draft.slot_choice,
        "joined": draft.joined,
        "offers": draft.join_offers,
        "earlier": earlier_visits(organisation=organisation, innovations=draft.itinerary),
    }


def _page(request, draft, name, form, **context):
    number = ORDER.index(name)
    reachable = draft.unfinished()
    open_until = ORDER.index(reachable) if reachable else len(ORDER)
    context |= {
        "draft": draft,
        "form": form,
        "is_public": name == "wish" and not draft.is_begun,
        "number": number + 1,
        "heading": TITLES[name],
        "steps": [
            {
                "title": TITLES[each],
                "url": address_of(each) if place <= open_until and place != number else "",
                "is_current": place == number,
                "is_done": place < open_until,
            }
            for place, each in enumerate(ORDER)
        ],
    }
    return render(request, f"visits/registration/{name}.html", context)
