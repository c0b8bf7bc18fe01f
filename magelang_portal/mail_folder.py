"""Where e-mails go until a mail server is named: into a folder, one file each."""

from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.text import slugify


class EmailBackend(BaseEmailBackend):
    """Writes each e-mail into `EMAIL_FILE_PATH`, as a file that mail programs open.

    Private links stand in it: only the portal's own user may read the folder.
    """

    def send_messages(self, email_messages):
        """Write the messages; the number of those written."""
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            subject = slugify(message.subject)[:80]
            path = folder / f"{timezone.localtime():%Y%m%d-%H%M%S-%f}-{subject}.eml"
            part = path.with_suffix(".part")
            part.write_bytes(message.message().as_bytes(linesep="\r\n"))
            part.rename(path)
        return len(email_messages)
