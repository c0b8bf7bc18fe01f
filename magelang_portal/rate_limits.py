"""How often one address may send a public form, counted in the shared cache or the database.

An address is kept only as a keyed hash, and for no longer than the period.
"""

from dataclasses import dataclass
from datetime import timedelta

from axes.helpers import get_client_ip_address
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.crypto import salted_hmac

from magelang_portal.models import Attempt


@dataclass(frozen=True)
class Policy:
    """At most `most` attempts from one address within `period`."""

    name: str
    most: int
    period: timedelta = timedelta(hours=1)

    def allows(self, request) -> bool:
        """Count this attempt, and say whether it is still within the limit.

        Offices share one address, so the limits are generous: they stop programs, not people.
        """
        address = get_client_ip_address(request) or ""
        key = salted_hmac(f"rate_limit.{self.name}", address, algorithm="sha256").hexdigest()
        counted = self._count_in_cache(key) if settings.SHARED_CACHE else None
        return (counted or self._count_in_database(key)) <= self.most

    def _count_in_cache(self, key) -> int | None:
        """How many attempts these are since the first; None where the cache does not answer."""
        cache.add(key, 0, self.period.total_seconds())
        try:
            return cache.incr(key)
        except ValueError:  # it went between the two
            return None

    def _count_in_database(self, key) -> int:
        now = timezone.now()
        Attempt.objects.filter(policy=self.name, at__lt=now - self.period).delete()
        Attempt.objects.create(policy=self.name, key=key, at=now)
        return Attempt.objects.filter(policy=self.name, key=key).count()


SUGGESTIONS = Policy("suggestions", most=20)
REGISTRATIONS = Policy("registrations", most=20)
VERIFICATIONS = Policy("verifications", most=60)
LETTERS = Policy("letters", most=60)
LOST_LINKS = Policy("lost_links", most=10)
# What a delegation may change again and again, the office being told each time.
CHANGES = Policy("changes", most=30)
# A whole delegation answers within an hour, through the city's one wireless network.
FEEDBACK = Policy("feedback", most=500)
QUESTIONS = Policy("questions", most=300)
