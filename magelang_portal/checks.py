"""What a public portal lacks although it starts: said by `manage.py check --deploy`."""

from email.utils import parseaddr
from tempfile import TemporaryFile

from django.conf import settings
from django.core import checks

DOCUMENTED = "See docs/deploying.md and .env.example."


@checks.register(deploy=True)
def check_data_folder(app_configs, **kwargs):
    """The portal may write to the folder of its data, or make it."""
    folder = settings.DATA_DIR
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    try:
        with TemporaryFile(dir=there):
            return []
    except OSError as error:
        return [
            checks.Error(
                f"Nothing can be written into DATA_DIR, which is {folder}: {error.strerror}.",
                hint=f"Name another folder in .env, or give it to the portal's user. {DOCUMENTED}",
                id="magelang_portal.E001",
            )
        ]


@checks.register(checks.Tags.security, deploy=True)
def check_email(app_configs, **kwargs):
    """E-mails of a public portal reach people, and come from an address that exists."""
    warnings = []
    if settings.EMAIL_BACKEND == settings.MAIL_FOLDER:
        warnings.append(
            checks.Warning(
                "No mail server is named: e-mails go to a folder instead of to delegations.",
                hint=f"Put EMAIL_URL=smtp+tls://user:password@host:587 into .env. {DOCUMENTED}",
                id="magelang_portal.W001",
            )
        )
    if parseaddr(settings.DEFAULT_FROM_EMAIL)[1].endswith("@localhost"):
        warnings.append(
            checks.Warning(
                "E-mails come from an address on localhost: other mail servers refuse them.",
                hint=f"Put EMAIL_FROM=Portal Inovasi <address@city> into .env. {DOCUMENTED}",
                id="magelang_portal.W002",
            )
        )
    return warnings
