"""One factory per model; each makes the least that is valid."""

import datetime
import io

import factory
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory
from PIL import Image

from innovations.models import (
    Agency,
    Award,
    Citation,
    Innovation,
    Outcome,
    Picture,
    Question,
    Source,
    Suggestion,
)
from visits.closed_days import is_weekend, public_holidays
from visits.models import (
    Adoption,
    AskedQuestion,
    ClosedDate,
    Feedback,
    GroupPass,
    InnovationFeedback,
    Message,
    Paper,
    Participant,
    Stop,
    TimeSlot,
    Visit,
    VisitPicture,
)

PASSWORD = "kata sandi yang panjang"


def picture_file(width=640, height=400, *, kind="PNG", colour="#0f5446", **options):
    """A real picture as an upload: a ContentFile named after its format."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, kind, **options)
    return ContentFile(buffer.getvalue(), name=f"gambar.{kind.lower()}")


def working_day(ahead):
    """The first day, `ahead` days from today or later, that is no weekend and no holiday."""
    day = timezone.localdate() + datetime.timedelta(days=ahead)
    while is_weekend(day) or day in public_holidays(day.year):
        day += datetime.timedelta(days=1)
    return day


class UserFactory(DjangoModelFactory):
    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"staf{number}")
    password = factory.django.Password(PASSWORD)
    is_staff = True


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = Source

    slug = factory.Sequence(lambda number: f"sumber-{number}")
    title = factory.Sequence(lambda number: f"Berita {number}")
    publisher = "Surat Kabar"
    url = factory.LazyAttribute(lambda source: f"https://berita.example/{source.slug}")


class AgencyFactory(DjangoModelFactory):
    class Meta:
        model = Agency

    name = factory.Sequence(lambda number: f"Dinas Nomor {number}")
    abbreviation = factory.Sequence(lambda number: f"D{number}")
    slug = factory.Sequence(lambda number: f"dinas-{number}")


class InnovationFactory(DjangoModelFactory):
    """A draft; with `published=True` it cites one source and is public."""

    class Meta:
        model = Innovation
        skip_postgeneration_save = True

    name = factory.Sequence(lambda number: f"Inovasi {number:03}")
    slug = factory.Sequence(lambda number: f"inovasi-{number}")
    summary = "Memudahkan layanan bagi warga."
    agency = factory.SubFactory(AgencyFactory)

    @factory.post_generation
    def published(self, create, extracted, **kwargs):
        if extracted:
            CitationFactory(innovation=self)
            self.publish(by=None)


class CitationFactory(DjangoModelFactory):
    class Meta:
        model = Citation

    innovation = factory.SubFactory(InnovationFactory)
    source = factory.SubFactory(SourceFactory)


class OutcomeFactory(DjangoModelFactory):
    class Meta:
        model = Outcome

    innovation = factory.SubFactory(InnovationFactory, published=True)
    indicator = "Waktu layanan"
    unit = "menit"
    after = 30
    source = factory.SubFactory(SourceFactory)


class AwardFactory(DjangoModelFactory):
    class Meta:
        model = Award

    name = "Top 99 Inovasi Pelayanan Publik"
    slug = factory.Sequence(lambda number: f"penghargaan-{number}")
    innovation = factory.SubFactory(InnovationFactory, published=True)
    awarded_on = "2019-07-18"
    source = factory.SubFactory(SourceFactory)


class PictureFactory(DjangoModelFactory):
    class Meta:
        model = Picture

    innovation = factory.SubFactory(InnovationFactory, published=True)
    image = factory.LazyFunction(picture_file)
    alt = "Petak hijau"
    credit = "Tim portal"


class VoiceFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    class Params:
        published = factory.Trait(moderation="published")

    innovation = factory.SubFactory(InnovationFactory, published=True)
    text = "Apakah buka hari Sabtu?"
    answered_on = factory.LazyAttribute(
        lambda voice: datetime.date(2026, 1, 5) if voice.answer else None
    )
    answer = ""


class SuggestionFactory(VoiceFactory):
    class Meta:
        model = Suggestion


class QuestionFactory(VoiceFactory):
    class Meta:
        model = Question


class VisitFactory(DjangoModelFactory):
    """A request; with `completed=True` a past visit that is public."""

    class Meta:
        model = Visit

    class Params:
        completed = factory.Trait(
            status=Visit.Status.COMPLETED,
            held_on=datetime.date(2019, 9, 4),
            participants=30,
            slug=factory.Sequence(lambda number: f"2019-09-04-tamu-{number}"),
            published_at=factory.LazyFunction(timezone.now),
        )

    organisation = "Pemerintah Kota Contoh"
    organisation_kind = Visit.OrganisationKind.REGIONAL_GOVERNMENT
    purpose = "Belajar layanan digital."
    head_name = "Kepala Rombongan"
    contact_name = "Sekretaris"
    contact_phone = "0812 3456 7890"
    contact_email = "sekretaris@contoh.example"
    expected_participants = 20
    wished_on = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=30))


class StopFactory(DjangoModelFactory):
    class Meta:
        model = Stop

    visit = factory.SubFactory(VisitFactory)
    innovation = factory.SubFactory(InnovationFactory, published=True)


class SlotFactory(DjangoModelFactory):
    """A slot that is free and open, well past the lead time."""

    class Meta:
        model = TimeSlot

    date = factory.LazyFunction(lambda: working_day(40))
    starts_at = datetime.time(9)
    ends_at = datetime.time(11, 30)
    venue = factory.Sequence(lambda number: f"Ruang Sidang {number}")
    capacity = 100


class ClosedDateFactory(DjangoModelFactory):
    class Meta:
        model = ClosedDate

    date = factory.LazyFunction(lambda: working_day(40))
    reason = "Hari Jadi Kota Magelang"


class ParticipantFactory(DjangoModelFactory):
    """Somebody on the list; with `present=True` checked in."""

    class Meta:
        model = Participant

    class Params:
        present = factory.Trait(attended_at=factory.LazyFunction(timezone.now))

    visit = factory.SubFactory(VisitFactory)
    name = factory.Sequence(lambda number: f"Peserta {number}")


class FeedbackFactory(DjangoModelFactory):
    class Meta:
        model = Feedback

    visit = factory.SubFactory(VisitFactory, completed=True)
    rating = 4


class InnovationFeedbackFactory(DjangoModelFactory):
    class Meta:
        model = InnovationFeedback

    feedback = factory.SubFactory(FeedbackFactory)
    innovation = factory.SubFactory(InnovationFactory, published=True)
    usefulness = 4


class AskedQuestionFactory(DjangoModelFactory):
    class Meta:
        model = AskedQuestion

    visit = factory.SubFactory(VisitFactory, completed=True)
    question = factory.SubFactory(QuestionFactory)


class AdoptionFactory(DjangoModelFactory):
    """A pledge; with `confirmed=True` public."""

    class Meta:
        model = Adoption

    class Params:
        confirmed = factory.Trait(confirmed_at=factory.LazyFunction(timezone.now))

    innovation = factory.SubFactory(InnovationFactory, published=True)
    organisation = factory.Sequence(lambda number: f"Pemerintah Kabupaten {number}")
    province = "ID-KS"
    state = Adoption.State.PLANNED


class VisitPictureFactory(DjangoModelFactory):
    class Meta:
        model = VisitPicture

    visit = factory.SubFactory(VisitFactory, completed=True)
    image = factory.LazyFunction(picture_file)
    alt = "Rombongan di aula"
    credit = "Tim portal"


class MessageFactory(DjangoModelFactory):
    """A message in the outbox, waiting; with `sent=True` it has gone out."""

    class Meta:
        model = Message

    class Params:
        sent = factory.Trait(
            status=Message.Status.SENT, sent_at=factory.LazyFunction(timezone.now)
        )

    visit = factory.SubFactory(VisitFactory)
    kind = "link_sent"
    to = factory.SelfAttribute("visit.contact_email")
    language = "id"
    subject = "Tautan pribadi Anda"
    text = "Buka [[private-link]].\n"


class OfficeMessageFactory(MessageFactory):
    """A message to the office, without a private link and of no visit."""

    visit = None
    kind = "office_told"
    to = "kantor@magelang.example"
    subject = "Kabar"
    text = "Halo"


class PaperFactory(DjangoModelFactory):
    class Meta:
        model = Paper

    visit = factory.SubFactory(VisitFactory)
    kind = Paper.Kind.PROGRAMME
    number = factory.Sequence(lambda number: f"KM/ACARA/2026/{number:04}")
    language = "id"
    data = factory.LazyFunction(dict)


class GroupPassFactory(DjangoModelFactory):
    class Meta:
        model = GroupPass

    visit = factory.SubFactory(VisitFactory)
