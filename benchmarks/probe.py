"""What the load script asks of one database: addresses of each page, a session, costs.

Run by `benchmarks.load` as a process of its own, because settings are read once: `prepare` prints
a JSON object of pages by name (`Page`, without the queries), `costs` queries and time by name,
`clean` takes away what the run has left behind.
"""

import json
import os
import random
import sys
import time
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from statistics import median
from urllib.parse import urlencode

import django
from django.core.management import call_command

SAMPLE = 40
COUNTED = 8
USER = "contoh-pengukur"
CSRF = "contoh" * 5 + "ab"
# Common and rare words, two and three words, the beginning of a word, a typo, English, nothing.
SEARCHES = (
    """
layanan|kesehatan|sampah|pengaduan warga|antrean puskesmas|pelatihan usaha|pendaftaran|lansia
difabel|imunisasi balita|pajak kendaraan|perpustakaan|retribusi pasar|kese|posyandu|stunting gizi
pelayanan|jadwal dokter|parkir|kir|banjir|inovasi|pelayanna|waste|clinic training|tidakadakatanya
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


@dataclass
class Page:
    """A kind of page: who sees it, where it lies, and what it answers with.

    `audience` is `public`, `search` or `staff`; a page with a `body` is posted.
    """

    name: str
    audience: str
    paths: list[str]
    status: int = 200
    body: str = ""
    cookie: str = ""


class Pages:
    """The pages of the database that the settings name."""

    def __init__(self):
        self.rng = random.Random(1)

    def all(self) -> list[Page]:
        return [*self.public, *self.searches, *self.forms, *self.staff]

    @cached_property
    def public(self):
        from django.urls import reverse

        from innovations.models import Agency, Innovation
        from visits.models import Visit

        published = Innovation.objects.published().order_by("pk")
        innovations = self._sample(published.values_list("slug", flat=True))
        agencies = self._sample(
            Agency.objects.with_published_innovations().values_list("slug", flat=True)
        )
        visits = self._sample(Visit.objects.published().values_list("slug", flat=True))
        catalogue = reverse("innovations:list")
        numbered = [f"{catalogue}?page={page}" for page in range(1, 8)]
        sorted_ = [f"{catalogue}?sort={way}" for way in ("-year", "year", "-published")]
        return [
            Page("home", "public", ["/", "/en/"]),
            Page("catalogue", "public", [*numbered, *sorted_, f"{catalogue}?page=999999"]),
            Page("filtered catalogue", "public", [f"{catalogue}?{q}" for q in self._filters()]),
            Page("innovation", "public", self._each("innovations:detail", innovations)),
            Page("agencies", "public", [reverse("innovations:agency_list")]),
            Page("agency", "public", self._each("innovations:agency", agencies)),
            Page("awards", "public", [reverse("innovations:award_list")]),
            Page("visits", "public", [reverse("visits:list")]),
            Page("visit", "public", self._each("visits:detail", visits)),
            Page("calendar", "public", [reverse("visits:calendar")]),
            Page("adoptions", "public", [reverse("visits:adoptions")]),
            Page("about", "public", [reverse("about")]),
            Page("feed", "public", [reverse("feed_of_innovations")]),
        ]

    @cached_property
    def searches(self):
        from django.urls import NoReverseMatch, reverse

        pages = {"catalogue search": "innovations:list", "site search": "search"}
        found = []
        for name, view in pages.items():
            try:
                address = reverse(view)
            except NoReverseMatch:
                continue
            paths = [f"{address}?{urlencode({'q': words})}" for words in SEARCHES]
            found.append(Page(name, "search", paths))
        return found

    @cached_property
    def forms(self):
        """The first step of a registration, whole and valid, from a browser without a session."""
        from django.urls import reverse

        from innovations.models import Innovation
        from visits.registration import new_stamp

        wanted = Innovation.objects.open_to_visitors().order_by("pk")[0]
        answers = {
            "csrfmiddlewaretoken": CSRF,
            "draft": new_stamp(),
            "innovations": wanted.slug,
            "purpose": "Belajar layanan digital, untuk kami terapkan di daerah kami.",
            "expected_participants": 20,
            "language": "id",
        }
        return [
            # Made for each reader: it carries a token of its own.
            Page("registration", "form", [reverse("visits:register")]),
            Page(
                "registration post",
                "form",
                [reverse("visits:register")],
                status=302,
                body=urlencode(answers),
                cookie=f"csrftoken={CSRF}",
            ),
        ]

    @cached_property
    def staff(self):
        from django.conf import settings
        from django.urls import reverse

        from visits.models import Visit

        cookie = f"{settings.SESSION_COOKIE_NAME}={_session()}"
        lists = ["innovations_innovation", "visits_visit", "visits_stop", "visits_message"]
        lists += ["visits_timeslot", "visits_adoption", "visits_feedback"]
        addresses = {name: reverse(f"admin:{name}_changelist") for name in lists}
        pages = [
            Page(f"admin {name.partition('_')[2]}", "staff", [address], cookie=cookie)
            for name, address in addresses.items()
        ]
        # Somebody who has been there, so that there is something to show at both sizes.
        guest = Visit.objects.order_by("pk").values_list("organisation", flat=True)[0]
        searched = f"{addresses['visits_visit']}?{urlencode({'q': guest.partition(',')[0]})}"
        return [
            Page("admin", "staff", [reverse("admin:index")], cookie=cookie),
            *pages,
            Page("admin visit search", "staff", [searched], cookie=cookie),
        ]

    def _sample(self, values):
        values = list(values)
        return self.rng.sample(values, min(SAMPLE, len(values)))

    @staticmethod
    def _each(view, slugs):
        from django.urls import reverse

        return [reverse(view, args=[slug]) for slug in slugs]

    def _filters(self):
        """Query strings that choose in one to three facets."""
        from innovations.models import Agency, Innovation

        facets = {
            "affair": Innovation.GovernmentAffair.values[:8],
            "stage": Innovation.Stage.values,
            "form": Innovation.Form.values,
            "type": Innovation.Type.values,
            "agency": list(Agency.objects.values_list("slug", flat=True)[:10]),
            "awarded": ["yes"],
            "visitable": ["yes"],
        }
        return [
            urlencode([(name, self.rng.choice(facets[name])) for name in chosen])
            for number in range(SAMPLE)
            for chosen in [self.rng.sample(list(facets), 1 + number % 3)]
        ]


def _session() -> str:
    """The key of a session in which a superuser has shown the second factor."""
    from django.contrib.auth import get_user_model
    from django.test import Client
    from django_otp import DEVICE_ID_SESSION_KEY
    from django_otp.plugins.otp_totp.models import TOTPDevice

    user, _new = get_user_model().objects.get_or_create(
        username=USER, defaults={"is_staff": True, "is_superuser": True}
    )
    device, _new = TOTPDevice.objects.get_or_create(user=user, name="contoh", confirmed=True)
    client = Client()
    client.force_login(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return session.session_key


def _reader() -> str:
    """The cookie of a reader with a session: one that keeps an innovation in the itinerary."""
    from django.conf import settings
    from django.test import Client

    from innovations.models import Innovation

    session = Client().session
    session["itinerary"] = [Innovation.objects.open_to_visitors().order_by("pk")[0].slug]
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def prepare() -> dict:
    """The database as the code of today wants it; its pages."""
    call_command("migrate", verbosity=0)
    reader = _reader()
    return {page.name: asdict(page) | {"reader": reader} for page in Pages().all()}


def costs() -> dict:
    """By name the most queries of one page, and the milliseconds of processor time of a usual one.

    Both in this process, once all is warm: no other program on the machine disturbs them.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    found = {}
    for page in Pages().all():
        paths = page.paths[:COUNTED]
        _answer(page, paths[0])
        numbers, times = [], []
        for path in paths:
            began = time.process_time()
            _answer(page, path)
            times.append(1000 * (time.process_time() - began))
            with CaptureQueriesContext(connection) as captured:
                _answer(page, path)
            numbers.append(len(captured))
        found[page.name] = [max(numbers), median(times)]
    return found


@lru_cache(maxsize=1)
def _client():
    from django.test import Client

    # A second one would build all middleware anew, which costs more than most pages.
    return Client(SERVER_NAME="localhost")


def _answer(page, path) -> None:
    """Ask for `path` as a new browser does; exit where the answer is another than expected."""
    client = _client()
    client.cookies.clear()
    if page.cookie:
        name, _equals, value = page.cookie.partition("=")
        client.cookies[name] = value
    if page.body:
        form = "application/x-www-form-urlencoded"
        response = client.post(path, page.body, content_type=form)
    else:
        response = client.get(path)
    if response.status_code != page.status:
        sys.exit(f"{path} answered {response.status_code} instead of {page.status}.")


def clean() -> dict:
    """Forget the sessions and the superuser of the run."""
    from django.contrib.auth import get_user_model
    from django.contrib.sessions.models import Session

    get_user_model().objects.filter(username=USER).delete()
    Session.objects.all().delete()
    return {}


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "magelang_portal.settings")
    django.setup()
    print(json.dumps({"prepare": prepare, "costs": costs, "clean": clean}[sys.argv[1]]()))


if __name__ == "__main__":
    main()
