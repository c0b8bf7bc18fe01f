"""What those who came say by their links: feedback, and questions."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from magelang_portal.rate_limits import FEEDBACK, QUESTIONS
from visits.forms.feedback import FeedbackForm
from visits.forms.questions import OnSiteQuestionForm
from visits.guests import Guest, guest_at, shown_innovations
from visits.views.private import UnknownPass, private_page


def _guest(token) -> Guest:
    guest = guest_at(token)
    if guest is None:
        raise UnknownPass
    return guest


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def feedback(request, token):
    """Ask whoever came what it was worth, once; then thank."""
    guest = _guest(token)
    context = {"guest": guest, "visit": guest.visit, "token": token}
    # The secret of the form's own cookie: no other is needed to know a browser again.
    browser = request.META.get("CSRF_COOKIE", "")
    if guest.has_given_feedback(browser):
        return render(request, "visits/feedback_thanks.html", context)
    if not guest.came:
        return render(request, "visits/feedback_closed.html", context)
    form = FeedbackForm(request.POST or None, innovations=shown_innovations(guest.visit))
    if request.method == "POST" and form.is_valid():
        if not FEEDBACK.allows(request):
            form.add_error(
                None, _("Too many answers came from your connection. Try again in an hour.")
            )
        elif _give(form, guest, browser):
            return redirect("visits:feedback", token=token)
    return render(request, "visits/feedback_create.html", context | {"form": form})


def _give(form, guest, browser) -> bool:
    """Whether the feedback is stored now, or was before by a double click."""
    try:
        with transaction.atomic():
            form.give(guest=guest, sender_hash=guest.sender_hash(browser))
    except ValidationError as error:
        form.add_error(None, error)
        return False
    except IntegrityError:
        return True
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def ask(request, token):
    """Take a question that was asked on site; whoever asks stays unnamed."""
    guest = _guest(token)
    visit = guest.visit
    context = {"guest": guest, "visit": visit, "token": token}
    innovations = shown_innovations(visit)
    if not visit.has_begun or not innovations:
        return render(request, "visits/question_closed.html", context)
    form = OnSiteQuestionForm(request.POST or None, visit=visit, innovations=innovations)
    if request.method == "POST" and form.is_valid():
        if QUESTIONS.allows(request):
            form.ask()
            messages.success(
                request, _("Thank you for your question. Staff answer it as soon as they can.")
            )
            return redirect("visits:ask", token=token)
        form.add_error(
            None, _("Too many questions came from your connection. Try again in an hour.")
        )
    return render(request, "visits/question_create.html", context | {"form": form})
