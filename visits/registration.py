"""A request for a visit in the making: what a delegation has filled in, step by step.

It is kept in the session of its browser, valid or not, until it is sent, thrown away, or too old.
"""

import secrets
import time
from datetime import timedelta
from functools import partial
from importlib import import_module
from pathlib import PurePosixPath

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from magelang_portal.rate_limits import LETTERS
from magelang_portal.store_away import ask_store
from visits.forms.date import DateForm, SlotChoice
from visits.forms.request import ContactForm, LetterForm, OrganisationForm, WishForm
from visits.itinerary import SESSION_KEY as ITINERARY_KEY
from visits.itinerary import Itinerary, as_slugs, keep_slugs, kept_slugs
from visits.joining import JoinOffer, offers_to_join
from visits.models import Visit

SESSION_KEY = "registration"
# The steps in their order, each with its form; the summary follows them.
FORMS = {
    "wish": WishForm,
    "date": DateForm,
    "organisation": OrganisationForm,
    "contact": ContactForm,
    "letter": LetterForm,
}
# Nobody fills in five steps as fast, and nobody's session lasts as long.
FASTEST = timedelta(seconds=5)
OLDEST = timedelta(seconds=settings.SESSION_COOKIE_AGE)
# A letter that no visit has is a draft's; then its session is over.
DRAFT_LIFE = timedelta(days=1)
LONGEST_ANSWER = 5000
LONGEST_NAME = 100

_signer = TimestampSigner(salt="visits.registration")


class TooFastError(Exception):
    """The request came sooner after its first page than a person types."""


class TooOldError(Exception):
    """The first page of the request is older than a session lasts."""


class SeatsGoneError(Exception):
    """The summary showed seats, and somebody else has taken them since."""


def new_stamp() -> str:
    """A key of 256 random bits for one draft, signed with the time at which it was begun."""
    return _signer.sign(secrets.token_urlsafe(32))


def key_of(stamp: str) -> str | None:
    """The key that `stamp` carries; None where we have not signed it."""
    try:
        return _signer.unsign(stamp)
    except BadSignature:
        return None


def check_age(stamp: str) -> None:
    """Raise TooFastError or TooOldError where a request with `stamp` came too early or late."""
    try:
        _signer.unsign(stamp, max_age=OLDEST)
    except SignatureExpired as error:
        raise TooOldError from error
    try:
        _signer.unsign(stamp, max_age=FASTEST)
    except SignatureExpired:
        return
    raise TooFastError


def submission_hash(key: str, browser: str) -> str:
    """The digest (64 characters) by which a draft that was sent is known again.

    `browser` is what only the sender's browser knows: nobody else who comes by the key is led to
    the request.
    """
    return salted_hmac("visits.submission", f"{key}.{browser}", algorithm="sha256").hexdigest()


def sent_visit(request) -> Visit | None:
    """The visit that the posted form belongs to, where its draft was sent already."""
    key = key_of(request.POST.get("draft", ""))
    if key is None:
        return None
    return Visit.objects.filter(submission_hash=submission_hash(key, _browser(request))).first()


def _browser(request) -> str:
    return request.META.get("CSRF_COOKIE", "")


def letter_field():
    return Visit._meta.get_field("letter")  # noqa: SLF001 (documented API)


def _delete_letter(name: str) -> None:
    """Delete a draft's letter, unless the draft was sent from another tab meanwhile."""
    if not Visit.objects.filter(letter=name).exists():
        letter_field().storage.delete(name)


class Draft:
    """The draft of one browser, and the forms that its answers fill.

    `wanted` are slugs of innovations that led here; they are kept once the first step is posted.
    """

    def __init__(self, request, wanted=()):
        self.request, self.wanted = request, wanted
        self.data = {}
        if request.COOKIES.get(settings.SESSION_COOKIE_NAME):
            self.data = request.session.get(SESSION_KEY, {})
        self._forms = {}

    @cached_property
    def stamp(self) -> str:
        """What each of its forms carries to be known again; a new one for a new draft."""
        return self.data.get("stamp") or new_stamp()

    @property
    def is_begun(self) -> bool:
        return bool(self.data)

    def _save(self) -> None:
        self.request.session[SESSION_KEY] = self.data
        self._forms = {}
        for name in ("itinerary", "slot_choice", "join_offers"):
            self.__dict__.pop(name, None)

    def _begin(self) -> None:
        if not self.data:
            posted = self.request.POST.get("draft", "")
            self.data = {"stamp": posted if key_of(posted) else new_stamp(), "answers": {}}
            self.__dict__.pop("stamp", None)

    # What has been filled in

    @property
    def slugs(self) -> list[str]:
        return as_slugs([*kept_slugs(self.request), *self.wanted])

    @cached_property
    def itinerary(self) -> Itinerary:
        return Itinerary.of_slugs(self.slugs)

    @property
    def answers(self) -> dict:
        """Step to what was typed into it: name of the field to its text."""
        return self.data.get("answers", {})

    @property
    def letter(self) -> dict | None:
        """The letter that waits in private storage: `name` there, the sender's `title`, `size`.

        None where it is missing, or so old (`at`, in seconds) that it may be removed any time.
        """
        kept = self.data.get("letter")
        if not kept or time.time() - kept["at"] > OLDEST.total_seconds():
            return None
        there = partial(letter_field().storage.exists, kept["name"])
        return kept if ask_store(there, otherwise=True) else None

    def form(self, step: str):
        """The form of `step` with what was typed into it, if anything was."""
        if step not in self._forms:
            self._forms[step] = self._make_form(step, self._typed(step))
        return self._forms[step]

    def looking_for(self, words: str, part: int):
        """The first step with what was typed into it, not checked yet: its reader still searches.

        It offers the part `part`, counted from 1, of what `words` find.
        """
        typed = self.answers.get("wish", {}) | {"innovations": self.slugs}
        form = WishForm(initial=typed, slugs=self.slugs)
        form.words, form.part = words, part
        return form

    def _typed(self, step):
        typed = self.answers.get(step)
        if typed is None or step != "wish":
            return typed
        return typed | {"innovations": self.slugs}

    def _make_form(self, step, data, *, files=None):
        options, initial = {}, {}
        if step == "wish":
            options["slugs"] = initial["innovations"] = self.slugs
        elif step == "date":
            options = {
                "itinerary": self.itinerary,
                "people": self.said("expected_participants"),
                "language": self.said("language"),
            }
            initial["slot"] = self.data.get("slot")
        elif step == "letter":
            options["kept"] = self.letter
        return FORMS[step](data, files, initial=initial, **options)

    def said(self, name: str):
        """What the first step says of `name`, as far as it could be understood."""
        form = self.form("wish")
        form.is_valid()
        return form.said.get(name) if form.is_bound else None

    def unfinished(self, *, before: str | None = None) -> str | None:
        """The first step that is not filled in as it should be; None where all are."""
        for step in FORMS:
            if step == before:
                return None
            form = self.form(step)
            if not (form.is_bound and form.is_valid()):
                return step
        return None

    # Filling it in

    def fill(self, step: str):
        """Keep what was posted for `step`, valid or not, and return its form."""
        self._begin()
        posted, names = self.request.POST, FORMS[step].base_fields
        typed = {
            name: posted[name][:LONGEST_ANSWER]
            for name in names
            if name in posted and name not in {"innovations", "letter", "website"}
        }
        if step == "wish":
            keep_slugs(self.request, posted.getlist("innovations"))
            if (slot := posted.get("slot", "")).isdecimal():
                self._prefer(slot[:20])
        elif step == "date":
            self.data.pop("joins", None)
            chosen = self.form(step)["slot"].value()
            if chosen and "slot" not in typed and not typed.get("wished_on"):
                # No browser sends a choice that cannot be taken now; it stands until another.
                typed["slot"] = chosen
        self.data["answers"] = self.answers | {step: typed}
        self._save()
        data = self._typed(step) | {"website": posted.get("website", "")}
        has_letter = step == "letter" and "letter" in self.request.FILES
        if has_letter and not LETTERS.allows(self.request):
            # Not even looked at: to open a picture is what takes long.
            form = self._make_form(step, data)
            form.errors.pop("letter", None)
            form.add_error(
                "letter", _("Too many letters came from your connection. Try again in an hour.")
            )
        else:
            form = self._make_form(step, data, files=self.request.FILES)
            if has_letter and self._keep_letter(form):
                # Whatever else is to be mended, the letter has arrived.
                form = self._make_form(step, data)
        self._forms[step] = form
        return form

    def _prefer(self, slot: str) -> None:
        """Take `slot`, which a calendar led here with, for the date step."""
        self.data["slot"] = slot
        if "date" in self.answers:
            self.data["answers"] = self.answers | {"date": self.answers["date"] | {"slot": slot}}

    def _keep_letter(self, form) -> bool:
        """Store the letter of a posted `form` where its visit will have it, if it is one."""
        title = self.request.FILES["letter"].name[-LONGEST_NAME:]
        if form.errors.keys() & {"letter", "website"}:
            return False
        letter = form.cleaned_data["letter"]
        before, field = self.data.get("letter"), letter_field()
        name = field.storage.save(field.generate_filename(None, letter.name), letter)
        self.data["letter"] = {
            "name": name,
            "title": title,
            "size": letter.size,
            "at": time.time(),
        }
        self._save()
        if before:
            _delete_letter(before["name"])
        return True

    def discard(self) -> None:
        """Throw the draft away, its letter included."""
        if letter := self.data.get("letter"):
            _delete_letter(letter["name"])
        self._forget()

    def _forget(self) -> None:
        self.data = {}
        if not self.request.user.is_authenticated:
            self.request.session.flush()
            return
        for key in (SESSION_KEY, ITINERARY_KEY):
            self.request.session.pop(key, None)

    # The date: chosen, or that of the visit which it joins

    @cached_property
    def join_offers(self) -> list[JoinOffer]:
        """Other delegations' visits which this one could join."""
        form = self.form("date")
        return offers_to_join(
            itinerary=self.itinerary,
            choices=form.slots,
            day=form.visit_values()["wished_on"],
        )

    @property
    def joined(self) -> JoinOffer | None:
        """The visit that it is to join; None where it joins none, or cannot any longer."""
        wanted = self.data.get("joins")
        return next((offer for offer in self.join_offers if offer.visit.pk == wanted), None)

    def join(self, pk: int) -> bool:
        """Join the visit `pk`, if it is among the offers."""
        if pk not in {offer.visit.pk for offer in self.join_offers}:
            return False
        self.data["joins"] = pk
        self._save()
        return True

    def leave(self) -> None:
        """Join nobody: the date that was chosen stands again."""
        self.data.pop("joins", None)
        self._save()

    @property
    def has_lost_its_host(self) -> bool:
        """Whether it was to join a visit which it cannot join any longer."""
        return self.data.get("joins") is not None and self.joined is None

    @property
    def slot_choice(self) -> SlotChoice | None:
        """The slot in which it asks to come."""
        if joined := self.joined:
            return joined.choice
        return self.form("date").cleaned_data["slot"]

    # Sending it

    def renew(self) -> None:
        """Give it the time of now, so that what was too old can be sent."""
        self.data["stamp"] = _signer.sign(key_of(self.stamp))
        self.__dict__.pop("stamp", None)
        self._save()

    def submit(self, *, seen: str = "") -> Visit:
        """Store the request of a draft that is filled in, and forget the draft.

        A draft that is sent twice, however close together, makes one visit. Raises TooFastError,
        TooOldError, or SeatsGoneError where `seen` is `seated` and the seats are no longer there.
        """
        check_age(self.stamp)
        choice, joined = self.slot_choice, self.joined
        values = {}
        for step in FORMS:
            values |= self.form(step).visit_values()
        if joined:
            values |= {"wished_on": joined.day, "alternative_on": None, "joins": joined.visit}
        visit = Visit(
            **values,
            letter=self.letter["name"],
            submission_hash=submission_hash(key_of(self.stamp), _browser(self.request)),
            consented_at=timezone.now(),
        )
        try:
            with transaction.atomic():
                visit.submit(
                    innovations=self.itinerary.innovations, slot=choice.slot if choice else None
                )
                if seen == "seated" and visit.status == Visit.Status.WAITING_LIST:
                    raise SeatsGoneError
        except IntegrityError:
            same = Visit.objects.filter(submission_hash=visit.submission_hash).first()
            if same is None:
                raise
            # Whoever was first has ended the session; to write to it now would be an error.
            return same
        self._forget()
        return visit


def remove_old_drafts() -> int:
    """Remove what is left of drafts that were never sent; called every hour.

    Expired sessions go, and letters older than a day that belong to no visit: those of drafts,
    and any that a crash left behind. Returns how many letters went.
    """
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    storage, limit = letter_field().storage, timezone.now() - DRAFT_LIFE
    folder = PurePosixPath(letter_field().generate_filename(None, "letter.pdf")).parent
    try:
        names = {f"{folder}/{name}" for name in storage.listdir(str(folder))[1]}
    except FileNotFoundError:  # no letter has ever come
        return 0
    owned = set(Visit.objects.exclude(letter="").values_list("letter", flat=True))
    old = [name for name in names - owned if storage.get_modified_time(name) < limit]
    for name in old:
        storage.delete(name)
    return len(old)
