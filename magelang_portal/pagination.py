"""Pages of a list by number, forgiving of old links."""


class ForgivingPagination:
    """For a ListView: a page number past the end, or no number, gives the nearest page."""

    def paginate_queryset(self, queryset, page_size):
        paginator = self.get_paginator(queryset, page_size)
        page = paginator.get_page(self.request.GET.get(self.page_kwarg))
        return paginator, page, page.object_list, page.has_other_pages()
