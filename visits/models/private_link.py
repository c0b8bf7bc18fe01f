import hashlib
import secrets
from base64 import urlsafe_b64encode

from django.conf import settings
from django.db import models
from django.utils.crypto import salted_hmac


def hash_of_link(token: str) -> str:
    """What is looked up of a private link: its SHA-256, from which nobody gets the link back."""
    return hashlib.sha256(token.encode()).hexdigest()


def _token(purpose: str, nonce: str, secret: str) -> str:
    digest = salted_hmac(f"visits.{purpose}.link", nonce, secret=secret, algorithm="sha256")
    return urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()


class PrivateLinkQuerySet(models.QuerySet):
    def at_private_link(self, token: str):
        """What (one or nothing) has the private link that ends in `token`."""
        return self.filter(link_hash=hash_of_link(token))


class PrivateLinkModel(models.Model):
    """Something that its owner reaches by a link of 256 secret bits, without an account.

    The token is the HMAC of a stored nonce under the secret key: neither the database nor a copy
    of it opens a link, and yet each message can carry it.
    """

    link_nonce = models.CharField(max_length=43, blank=True, editable=False)
    link_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)

    class Meta:
        abstract = True

    def make_link(self) -> None:
        """Give it a new link, unsaved; the one before, if any, no longer opens anything."""
        self.link_nonce = secrets.token_urlsafe(32)
        self.link_hash = hash_of_link(self._token_under(settings.SECRET_KEY))

    @property
    def private_token(self) -> str | None:
        """The token of the link (43 characters); None without a link, or if its key is gone."""
        if not self.link_nonce:
            return None
        return next(
            (
                token
                for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
                if hash_of_link(token := self._token_under(secret)) == self.link_hash
            ),
            None,
        )

    def _token_under(self, secret: str) -> str:
        return _token(self._meta.model_name, self.link_nonce, secret)
