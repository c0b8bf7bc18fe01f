"""A Redis that may hang or be away: it costs one wait, not one for each thing asked of it."""

import logging
import re
import time
from urllib.parse import urlsplit

import redis

LEFT_OUT_SECONDS = 15
LOGGED_EVERY_SECONDS = 60

logger = logging.getLogger(__name__)


def is_understood(url: str) -> bool:
    """Whether `url` names a server, so that nothing in it comes to light with the first page."""
    try:
        pool = redis.ConnectionPool.from_url(url)
        pool.make_connection()  # it does not connect yet, but knows its options
    except (TypeError, ValueError):
        return False
    # Redis takes what is no number for the first database.
    return "host" in pool.connection_kwargs and bool(re.fullmatch(r"/?\d*", urlsplit(url).path))


def must_be_told(command, *args) -> bool:
    """Whether it is tried all the same: else an old session would be back when the server is."""
    return command in {"DEL", "UNLINK", "FLUSHDB"} or (
        command == "SET" and ".sessions." in str(args[0])
    )


class PatientRedis(redis.Redis):
    """Not asked for some seconds after it has let somebody wait in vain.

    The cache goes on without it (`IGNORE_EXCEPTIONS`); the log tells so, once a minute at most.
    """

    def execute_command(self, *args, **options):
        """Raise TimeoutError at once while it is left out."""
        # All threads share the pool, and clients of other servers have another.
        known = vars(self.connection_pool)
        left_out = time.monotonic() < known.get("left_out_until", 0)
        if left_out and not must_be_told(*args):
            raise redis.TimeoutError("It did not answer a moment ago.")
        try:
            return super().execute_command(*args, **options)
        except (redis.ConnectionError, redis.TimeoutError) as error:
            now = time.monotonic()
            if isinstance(error, redis.TimeoutError):
                known["left_out_until"] = now + LEFT_OUT_SECONDS
            if now >= known.get("silent_until", 0):
                known["silent_until"] = now + LOGGED_EVERY_SECONDS
                logger.warning("The cache does not answer, the portal goes on without: %s", error)
            raise
