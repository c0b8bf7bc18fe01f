"""Pages of a list by number: forgiving of old links, and the last as quick as the first."""

from django.core.paginator import Paginator
from django.db.models import QuerySet


class NearerEndPaginator(Paginator):
    """Counts to a page from the nearer end: databases read all rows that they skip.

    The order has to tell every row from every other one.
    """

    def page(self, number):
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        last = min(first + self.per_page, self.count)
        if not isinstance(self.object_list, QuerySet) or first + last <= self.count:
            return super().page(number)
        backwards = self.object_list.reverse()[self.count - last : self.count - first]
        return self._get_page(list(backwards)[::-1], number, self)


class ForgivingPagination:
    """For a ListView: a page number past the end, or no number, gives the nearest page."""

    paginator_class = NearerEndPaginator

    def page_asked_for(self):
        """The number of the page, as the address says it."""
        return self.request.GET.get(self.page_kwarg)

    def paginate_queryset(self, queryset, page_size):
        paginator = self.get_paginator(queryset, page_size)
        page = paginator.get_page(self.page_asked_for())
        return paginator, page, page.object_list, page.has_other_pages()
