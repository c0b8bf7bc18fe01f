"""Uploads in an S3-compatible store: what one address says, as Django's STORAGES want it."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# Long enough for a browser to follow, too short to be passed on.
SIGNED_SECONDS = 60
# A store that hangs holds a reader and a thread for so long, at most twice over.
CONNECT_SECONDS, ANSWER_SECONDS, ATTEMPTS = 2, 8, 2


@dataclass(frozen=True)
class MediaStore:
    """A bucket: `public/` for everyone to read and keep, `private/` by signed addresses alone."""

    scheme: str
    host: str
    bucket: str
    key: str
    secret: str
    region: str = "us-east-1"

    @classmethod
    def from_url(cls, url: str) -> "MediaStore":
        """Read `https://key:secret@host/bucket?region=name`. Raises ImproperlyConfigured."""
        try:
            parts = urlsplit(url)
            options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
            host = parts.netloc.rpartition("@")[2]
            bucket = parts.path.strip("/")
            whole = parts.scheme in {"http", "https"} and parts.username and parts.password
            if whole and parts.hostname and bucket and "/" not in bucket and parts.port != 0:
                key, secret = unquote(parts.username), unquote(parts.password)
                return cls(parts.scheme, host, bucket, key, secret, **options)
        except (TypeError, ValueError):
            pass
        raise ImproperlyConfigured(
            "MEDIA_STORE_URL is not understood: write https://key:secret@host/bucket?region=name "
            "into .env, signs like / and + in key and secret as %2F and %2B, or leave it out."
        )

    @property
    def origin(self) -> str:
        """Where browsers fetch public files from, as a Content-Security-Policy names it."""
        return f"{self.scheme}://{self.host}"

    @staticmethod
    def _client_config():
        # Imported only where there is a store.
        from botocore.config import Config

        return Config(
            s3={"addressing_style": "path"},
            signature_version="s3v4",
            connect_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        )

    def storages(self) -> dict:
        """The storages for public and for private uploads."""
        shared = {
            "access_key": self.key,
            "secret_key": self.secret,
            "bucket_name": self.bucket,
            "endpoint_url": self.origin,
            "region_name": self.region,
            "client_config": self._client_config(),
            "file_overwrite": False,
        }
        public = {
            "location": "public",
            "custom_domain": f"{self.host}/{self.bucket}",
            "url_protocol": f"{self.scheme}:",
            "querystring_auth": False,
            # Names are random and what is under one never changes.
            "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
        }
        private = {
            "location": "private",
            "querystring_expire": SIGNED_SECONDS,
            "object_parameters": {"CacheControl": "private, no-store"},
        }
        backend = "storages.backends.s3.S3Storage"
        return {
            "default": {"BACKEND": backend, "OPTIONS": shared | public},
            "private": {"BACKEND": backend, "OPTIONS": shared | private},
        }
