"""What a delegation does at its private link: each a page that asks, and a post that acts.

Every act may be posted twice: the second time it changes nothing and leads to the same page.
"""

from functools import wraps

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from magelang_portal.rate_limits import CHANGES
from visits.forms.correction import CorrectionForm
from visits.forms.private import (
    AnswerForm,
    CancelForm,
    JoiningForm,
    LetterForm,
    NumbersForm,
    OfferForm,
)
from visits.models import Visit
from visits.views.private import UnknownLink, private_page, visit_at


def act_of_delegation(view):
    """Give `view` the visit at the link in place of the token alone."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @private_page
    @wraps(view)
    def act(request, token):
        visit = visit_at(token, Visit.objects.select_related("slot"))
        return view(request, visit, token)

    return act


def _show(request, name, visit, token, *, heading, button="", **context):
    context |= {"visit": visit, "token": token, "heading": heading, "button": button}
    return render(request, f"visits/request_{name}.html", context)


def _back(request, token, text="", level=messages.SUCCESS):
    if text:
        messages.add_message(request, level, text)
    return redirect("visits:request", token=token)


def _too_late(request, token):
    text = _("This can no longer be changed here. Write to us if something is not right.")
    return _back(request, token, text, messages.WARNING)


def _done(form, act) -> bool:
    """Whether `act` was done with what the form says; what refused it stands at the form."""
    if not form.is_valid():
        return False
    try:
        act(**form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def may_change(request, form) -> bool:
    """Whether a posted `form` that is right comes within the limit of changes; else it says so.

    For what can be done again and again: each time the office gets a message.
    """
    if form.is_valid() and not CHANGES.allows(request):
        form.add_error(
            None, _("Too many changes came from your connection. Try again in an hour.")
        )
    return form.is_valid()


@act_of_delegation
def answer(request, visit, token):
    """Answer what the city has asked."""
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if visit.status != Visit.Status.NEEDS_INFORMATION:
        sent = form.cleaned_data["text"] if form.is_valid() else ""
        if not sent or visit.events.filter(what="answered", reason=sent).exists():
            return _back(request, token)
    if _done(form, visit.answer):
        return _back(request, token, _("Thank you. Your answer is with the city."))
    return _show(
        request,
        "answer",
        visit,
        token,
        heading=_("Answer the question"),
        button=_("Send the answer"),
        form=form,
        question=visit.last_word,
    )


@act_of_delegation
def numbers(request, visit, token):
    """Say anew how many people come."""
    if not visit.takes_changes:
        return _too_late(request, token)
    form = NumbersForm(request.POST if request.method == "POST" else None, visit=visit)
    if may_change(request, form) and _done(form, visit.change_numbers):
        return _back(request, token, _("The number of people is changed."))
    heading, button = _("Change the number of people"), _("Change the number")
    return _show(request, "numbers", visit, token, heading=heading, button=button, form=form)


@act_of_delegation
def new_letter(request, visit, token):
    """Replace the letter of request."""
    if not visit.takes_changes:
        return _too_late(request, token)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = LetterForm(*sent)
    if may_change(request, form) and _done(form, visit.replace_letter):
        return _back(request, token, _("The new letter is here; the one before is deleted."))
    heading = _("Replace the letter") if visit.letter else _("Send the letter")
    button = _("Send the letter")
    return _show(request, "new_letter", visit, token, heading=heading, button=button, form=form)


@act_of_delegation
def correct(request, visit, token):
    """Correct what the delegation told of itself."""
    if not visit.takes_corrections:
        return _too_late(request, token)
    form = CorrectionForm(request.POST if request.method == "POST" else None, instance=visit)
    if may_change(request, form) and _done(form, visit.correct_data):
        text = _("Your data are corrected.")
        if "contact_email" in form.changed_data:
            text = _("Your data are corrected; the private link is on its way to the new address.")
        return _back(request, token, text)
    heading, button = _("Correct the data"), _("Save the corrections")
    return _show(request, "correct", visit, token, heading=heading, button=button, form=form)


@act_of_delegation
def cancel(request, visit, token):
    """Call the visit off, after one more question."""
    if visit.status == Visit.Status.CANCELLED:
        return _back(request, token)
    if not visit.takes_changes:
        return _too_late(request, token)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if _done(form, visit.cancel):
        return _back(request, token, _("Your visit is cancelled."))
    agreed = visit.status == Visit.Status.CONFIRMED
    heading = _("Cancel the visit?") if agreed else _("Withdraw the request?")
    button = _("Yes, cancel the visit") if agreed else _("Yes, withdraw the request")
    return _show(request, "cancel", visit, token, heading=heading, button=button, form=form)


@act_of_delegation
def offer(request, visit, token):
    """Take the seats that have become free, or let them go."""
    form = OfferForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        accepts = form.cleaned_data["answer"] == "accept"
        try:
            visit.accept_offer() if accepts else visit.decline_offer()
        except ValidationError as error:
            last = visit.events.filter(what__startswith="offer").last()
            if last is None or last.what != ("offer_accepted" if accepts else "offer_declined"):
                return _back(request, token, " ".join(error.messages), messages.WARNING)
        if accepts:
            return _back(request, token, _("The seats are yours. The city now checks the rest."))
        return _back(request, token, _("The seats go to the next. You stay on the waiting list."))
    if not visit.offer_stands:
        return _back(request, token)
    return _show(request, "offer", visit, token, heading=_("Seats have become free"))


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def new_link(request, token):
    """Revoke this link and have another one sent by e-mail.

    The second click comes by a link that the first has revoked; any other that opens nothing gets
    the same answer, so that it tells nothing.
    """
    try:
        visit = visit_at(token)
    except UnknownLink:
        if request.method != "POST":
            raise
        text = _(
            "This link opens nothing any longer. If you have just asked for a new one, it is on "
            "its way to your e-mail address."
        )
        messages.warning(request, text)
        return redirect("visits:lost_link")
    if request.method != "POST":
        heading, button = _("Get a new private link?"), _("Revoke this link, send a new one")
        return _show(request, "new_link", visit, token, heading=heading, button=button)
    try:
        visit.renew_link()
    except ValidationError:
        return _too_late(request, token)
    text = _("The old link is revoked. The new one is on its way to your e-mail address.")
    messages.success(request, text)
    return redirect("visits:lost_link")


@require_POST
@act_of_delegation
def joining(request, visit, token):
    """Allow that other delegations join, or no longer."""
    form = JoiningForm(request.POST)
    if _done(form, visit.allow_joining):
        return _back(request, token, _("Saved."))
    return _too_late(request, token)
