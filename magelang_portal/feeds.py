"""What was published last, for feed readers: one feed of innovations, one of visits."""

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _

from innovations.models import Innovation
from magelang_portal.public_pages import public_page
from magelang_portal.structured_data import absolute
from visits.models import Visit
from visits.structured_data import when

SHOWN = 30


class PortalFeed(Feed):
    """The latest entries of one kind, in the language of the feed's address."""

    feed_type = Atom1Feed
    url_name = list_name = ""

    @method_decorator(public_page())
    def __call__(self, request, *args, **kwargs):
        return super().__call__(request, *args, **kwargs)

    def link(self):
        return absolute(reverse(self.list_name))

    def feed_url(self):
        return absolute(reverse(self.url_name))

    def author_name(self):
        return _("Innovation portal of Kota Magelang")

    def item_description(self, item):
        # Atom1Feed calls it HTML; a title is plain text.
        return escape(item.text("summary").value)

    def item_link(self, item):
        return absolute(item.get_absolute_url())

    def item_pubdate(self, item):
        return item.published_at

    def item_updateddate(self, item):
        return item.updated_at


class InnovationFeed(PortalFeed):
    url_name, list_name = "feed_of_innovations", "innovations:list"

    def title(self):
        return _("Innovations of Kota Magelang")

    def items(self):
        newest = Innovation.objects.published().order_by("-published_at", "-pk")
        return newest.select_related("agency")[:SHOWN]

    def item_title(self, item):
        return item.name

    def item_author_name(self, item):
        return item.agency.text("name").value


class VisitFeed(PortalFeed):
    url_name, list_name = "feed_of_visits", "visits:list"

    def title(self):
        return _("Visits to Kota Magelang")

    def items(self):
        return Visit.objects.published().order_by("-published_at", "-pk")[:SHOWN]

    def item_title(self, item):
        return f"{item.organisation}, {when(item)}"
