"""Who came, as their links tell: a participant, anybody of the group, or its secretary."""

from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from innovations.models import Innovation
from visits.models import Feedback, GroupPass, Participant, Visit


@dataclass(frozen=True)
class Guest:
    """Somebody of a delegation who came by a link: of a pass, of the group, or the private one."""

    visit: Visit
    participant: Participant | None = None
    is_secretary: bool = False

    @property
    def came(self) -> bool:
        """Whether this guest came (`Visit.came_by_name`); of the unnamed, whether anybody did.

        Nobody did once the personal data are erased.
        """
        if self.visit.erased_at:
            return False
        if self.participant:
            if self.participant.attended_at:
                return True
            return self.visit.came_by_name().filter(pk=self.participant.pk).exists()
        return Feedback.most(self.visit) > 0

    def sender_hash(self, browser: str) -> str | None:
        """By what an unnamed guest is known again (64 characters); None for a participant.

        One secretary, and one guest for each browser of which `browser` is the secret.
        """
        if self.participant:
            return None
        sender = "secretary" if self.is_secretary else browser
        value = f"{self.visit.pk}.{sender}"
        return salted_hmac("visits.guest", value, algorithm="sha256").hexdigest()

    def has_given_feedback(self, browser: str) -> bool:
        """Whether the one who holds the link, or this browser, has sent feedback before."""
        if self.participant:
            return Feedback.objects.filter(participant=self.participant).exists()
        return Feedback.objects.filter(sender_hash=self.sender_hash(browser)).exists()


def guest_at(token: str) -> Guest | None:
    """Whose link ends in `token`."""
    for model in (Participant, GroupPass):
        owner = model.objects.at_private_link(token).select_related("visit").first()
        if owner:
            return Guest(owner.visit, participant=owner if model is Participant else None)
    visit = Visit.objects.at_private_link(token).first()
    return Guest(visit, is_secretary=True) if visit else None


def shown_innovations(visit: Visit) -> list[Innovation]:
    """The innovations of the itinerary in its order, those declined by their hosts left out."""
    stops = visit.stops.shown().select_related("innovation")
    return [stop.innovation for stop in stops]
