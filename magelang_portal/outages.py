"""What the log says of readers who are turned away."""

import logging
from http import HTTPStatus

NO_MISTAKE = {HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE}


class OneLine(logging.Filter):
    """Leaves out where in the code an outage, or a right that is missing, was noticed.

    It is no mistake there, and each reader would otherwise fill a screen of the log.
    """

    def filter(self, record) -> bool:
        if getattr(record, "status_code", None) in NO_MISTAKE and (
            record.exc_info and record.exc_info[1]
        ):
            if reason := str(record.exc_info[1]).partition("\n")[0]:
                record.msg, record.args = f"{record.getMessage()} ({reason})", ()
            record.exc_info = record.exc_text = None
        return True
