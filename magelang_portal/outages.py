"""What the log says while a server that the portal needs is away."""

import logging
from http import HTTPStatus


class OneLine(logging.Filter):
    """Leaves out where in the code an outage was noticed: it is no mistake there.

    Each reader who is turned away would otherwise fill a screen of the log.
    """

    def filter(self, record) -> bool:
        if getattr(record, "status_code", None) == HTTPStatus.SERVICE_UNAVAILABLE and (
            record.exc_info and record.exc_info[1]
        ):
            reason = str(record.exc_info[1]).partition("\n")[0]
            record.msg, record.args = f"{record.getMessage()} ({reason})", ()
            record.exc_info = record.exc_text = None
        return True
