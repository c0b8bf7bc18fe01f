"""A row in every table, and every kind of upload, with values that are hard to carry."""

import datetime
from decimal import Decimal

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.db import models
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from innovations.models import Document
from magelang_portal.models import ShowcaseRecord
from tests.factories import (
    AdoptionFactory,
    AgencyFactory,
    AskedQuestionFactory,
    AwardFactory,
    CitationFactory,
    ClosedDateFactory,
    GroupPassFactory,
    InnovationFactory,
    InnovationFeedbackFactory,
    MessageFactory,
    OfficeMessageFactory,
    OutcomeFactory,
    PaperFactory,
    ParticipantFactory,
    PictureFactory,
    SlotFactory,
    SourceFactory,
    StopFactory,
    SuggestionFactory,
    UserFactory,
    VisitFactory,
    VisitPictureFactory,
    picture_file,
)
from visits.models import Attachment, FollowUp, PaperCounter, VisitEvent, VisitSettings

SPECIAL = "Nuraini “Ibu” Ḥafiẓ — ꦩꦒꦼꦭꦁ\n\t\\N\\u0000 \u2028 👩🏽‍💼 %s {}"


def make_everything():
    """Fill every table; the visit of which most is known."""
    agency = AgencyFactory(name="Dinas Contoh", succeeded_by=AgencyFactory())
    agency.sources.add(SourceFactory(title=SPECIAL))
    user = UserFactory(agency=agency, first_name=SPECIAL[:20], last_login=timezone.now())
    group, _made = Group.objects.get_or_create(name="pengelola")
    group.permissions.add(Permission.objects.get(codename="view_innovation"))
    user.groups.add(group)
    user.user_permissions.add(Permission.objects.get(codename="view_visit"))
    LogEntry.objects.log_actions(user.pk, [agency], 2, change_message=SPECIAL)
    StaticDevice.objects.create(user=user, name="kode").token_set.create(token="abc12345")
    TOTPDevice.objects.create(user=user, name="aplikasi", t0=-1, last_t=2**62)
    ShowcaseRecord.objects.create(key="innovations/data-go", object_id=2**62)

    innovation = InnovationFactory(agency=agency, published=True, started_on="2017-01")
    innovation.problem = SPECIAL
    innovation.save()
    innovation.partner_agencies.add(AgencyFactory())
    CitationFactory(innovation=innovation)
    OutcomeFactory(innovation=innovation, before=None, after=Decimal("-999999999999.99"))
    AwardFactory(innovation=innovation)
    PictureFactory(innovation=innovation, image=picture_file(1300, 800))
    Document.objects.create(
        innovation=innovation, title=SPECIAL, file=ContentFile(b"%PDF-1.4\x00\xff", "a.pdf")
    )
    SuggestionFactory(innovation=innovation)

    visit = VisitFactory(
        completed=True,
        organisation=SPECIAL[:60],
        slot=SlotFactory(starts_at=datetime.time(9, 0, 0, 123456)),
        published_by=user,
    )
    visit.letter.save("surat.pdf", ContentFile(bytes(range(256)) * 9000), save=True)
    visit.sources.add(SourceFactory())
    ClosedDateFactory()
    StopFactory(visit=visit, innovation=innovation)
    participant = ParticipantFactory(visit=visit, name=SPECIAL[:60], present=True)
    InnovationFeedbackFactory(feedback__visit=visit, innovation=innovation)
    AskedQuestionFactory(visit=visit, question__innovation=innovation)
    AdoptionFactory(innovation=innovation, visit=visit)
    AdoptionFactory(
        innovation=innovation, confirmed=True, reported={"b": [1.5, None], "a": SPECIAL}
    )
    VisitPictureFactory(visit=visit)
    VisitEvent.objects.create(
        visit=visit, what="confirmed", status=visit.status, by=user, details={"z": {}, "aa": "é"}
    )
    FollowUp.objects.create(visit=visit, months=3)
    message = MessageFactory(visit=visit, text=SPECIAL)
    Attachment.objects.create(
        message=message, name="a.ics", content_type="text/calendar", content=bytes(range(256))
    )
    OfficeMessageFactory(sent=True)
    PaperFactory(visit=visit, participant=participant, issued_by=user, data={"nama": SPECIAL})
    PaperCounter.objects.create(kind="programme", year=2026, last=7)
    GroupPassFactory(visit=visit)
    VisitSettings(emblem=picture_file(80, 80), office_line=SPECIAL[:60]).save()
    at = datetime.datetime(2026, 1, 1, 0, 30, 0, 1, tzinfo=datetime.UTC)
    type(visit).objects.filter(pk=visit.pk).update(created_at=at)
    return visit


def all_rows():
    """Every row of every table, by table: what the database says, and no code of ours."""
    return {
        model._meta.label_lower: [
            {name: _bytes(value) for name, value in row.items()}
            for row in model._base_manager.order_by("pk").values()
        ]
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
    }


def _bytes(value):
    return bytes(value) if isinstance(value, memoryview) else value


def all_files(folder):
    """What lies below a folder: content by name."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def upload_columns():
    """Every column that names an upload."""
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.FileField)
    ]
