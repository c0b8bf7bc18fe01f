"""A folder of e-mails that stands still, so that a test can do something at that very moment."""

import time
from pathlib import Path

from django.conf import settings

from magelang_portal import mail_folder


class EmailBackend(mail_folder.EmailBackend):
    """Waits before or after it takes an e-mail, for as long as the file of that name is there."""

    def send_messages(self, email_messages):
        self._wait_at("before")
        taken = super().send_messages(email_messages)
        self._wait_at("after")
        return taken

    def _wait_at(self, point):
        gate = Path(settings.DATA_DIR) / point
        if gate.exists():
            gate.with_suffix(".reached").touch()
        while gate.exists():
            time.sleep(0.01)
