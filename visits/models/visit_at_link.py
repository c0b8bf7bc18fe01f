import hashlib
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from magelang_portal.store_away import ask_store, delete_on_commit

# What the delegation told of itself and may correct.
CORRECTABLE = (
    "unit",
    "head_name",
    "head_position",
    "contact_name",
    "contact_phone",
    "contact_email",
    "purpose",
)
LAST_WORDS = {"asked", "waiting_list", "confirmed", "moved", "declined", "cancelled"}


class VisitAtLink:
    """The private link of a `Visit`: what it shows, and what the delegation changes there."""

    @property
    def turn(self) -> str:
        """Whose turn it is: `delegation`, `city`, or nobody's (empty)."""
        if self.status == self.Status.NEEDS_INFORMATION or self.offer_stands:
            return "delegation"
        return "city" if self.status == self.Status.SUBMITTED else ""

    @property
    def offer_stands(self) -> bool:
        """Whether seats are kept for it that it may still take."""
        return self.offered_until is not None and self.offered_until > timezone.now()

    @property
    def last_word(self):
        """What the city did to bring it into its present status: a question, an answer, a no."""
        events = (each for each in self.events.all() if each.actor != "delegation")
        words = (event for event in reversed(list(events)) if event.what in LAST_WORDS)
        return next((event for event in words if event.status == self.status), None)

    @property
    def letter_is_missing(self) -> bool:
        """Whether a letter came whose file is gone, such as after a restore without files.

        While the store is away it is believed to be there.
        """
        there = partial(self.letter.storage.exists, self.letter.name)
        return bool(self.letter) and not ask_store(there, otherwise=True)

    @property
    def letter_size(self) -> int | None:
        """The letter's bytes; None where nobody can tell at the moment."""
        return ask_store(lambda: self.letter.size, otherwise=None)

    @transaction.atomic
    def replace_letter(self, *, letter):
        """The delegation sends a better letter; the one before is deleted.

        The very same letter once more changes nothing.
        """
        from visits import messages

        self.lock()
        if not self.takes_changes:
            raise ValidationError(_("The letter can no longer be replaced."), code="transition")
        before = type(self).objects.values_list("letter", flat=True).get(pk=self.pk)
        storage = self.letter.storage
        if before and storage.exists(before):
            with storage.open(before) as stored:
                if _digest(stored) == _digest(letter):
                    return
        self.letter = letter
        self.save(update_fields=["letter", "updated_at"])
        if before:
            delete_on_commit(partial(storage.delete, before), before)
        event = self.record("letter", by=None, actor="delegation")
        messages.office_told(self, event)

    @property
    def takes_corrections(self) -> bool:
        """Whether the delegation may correct its data here: until the visit is over or off."""
        return not self.erased_at and (self.is_open or self.status == self.Status.CONFIRMED)

    @transaction.atomic
    def correct_data(self, **data):
        """The delegation corrects what it told of itself; `data` are fields of `CORRECTABLE`.

        The history names what was changed and keeps no value. A new address gets the private
        link; the one before hears that it was changed, in case it was somebody else. What is the
        same changes nothing.
        """
        from visits import messages

        self.lock_row()
        if not self.takes_corrections:
            raise ValidationError(_("This can no longer be changed."), code="transition")
        before = type(self).objects.values(*CORRECTABLE).get(pk=self.pk)
        changed = [name for name in CORRECTABLE if data.get(name, before[name]) != before[name]]
        if not changed:
            return
        for name in changed:
            setattr(self, name, data[name])
        self.save(update_fields=[*changed, "updated_at"])
        event = self.record("corrected", by=None, actor="delegation", details={"fields": changed})
        messages.office_told(self, event)
        if "contact_email" in changed:
            messages.link_sent(self)
            messages.address_changed(self, before["contact_email"])

    @transaction.atomic
    def allow_joining(self, *, allowed: bool):
        """Say whether another delegation may be offered a place in this visit."""
        self.lock()
        if not self.takes_changes:
            raise ValidationError(_("This can no longer be changed."), code="transition")
        now = type(self).objects.values_list("open_to_joining", flat=True).get(pk=self.pk)
        if now == allowed:
            return
        self.open_to_joining = allowed
        self.save(update_fields=["open_to_joining", "updated_at"])
        what = "joining_allowed" if allowed else "joining_stopped"
        self.record(what, by=None, actor="delegation")

    @transaction.atomic
    def send_link(self, *, by=None):
        """Send the private link to the contact once more; a visit without one gets its first."""
        from visits import messages

        self._ensure_contact()
        if self.private_token is None:
            self.make_link()
            self.save(update_fields=["link_nonce", "link_hash", "updated_at"])
        self.record("link_sent", by=by, actor="staff" if by else "delegation")
        messages.link_sent(self)

    @transaction.atomic
    def renew_link(self, *, by=None):
        """Revoke the private link; a new one goes to the contact, where there is an address.

        A delegation that clicks twice gets one new link: only the link that it used is revoked.
        """
        from visits import messages

        now = type(self).objects.select_for_update().get(pk=self.pk)
        if by is None:
            if now.link_hash != self.link_hash:
                return
            # Whoever holds the old link must not be left without any.
            self._ensure_contact()
        self.make_link()
        self.save(update_fields=["link_nonce", "link_hash", "updated_at"])
        self.record("link_revoked", by=by, actor="staff" if by else "delegation")
        if self.contact_email:
            messages.link_sent(self)

    def _ensure_contact(self):
        if not self.contact_email:
            raise ValidationError(
                _("%(visit)s has no e-mail address to send it to."),
                code="no_address",
                params={"visit": self},
            )


def _digest(file) -> bytes:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(64 * 1024):
        digest.update(chunk)
    file.seek(0)
    return digest.digest()
