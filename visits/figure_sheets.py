"""The year's figures as a workbook, for whoever reports or reckons on."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from visits.figures import Figures
from visits.spreadsheets import Column, Sheet, workbook_bytes

NAME_WIDTH = 44


def figures_xlsx(figures: Figures) -> bytes:
    """XLSX with a sheet for each part of `figures`, in the page's language.

    As many rows as there are innovations, agencies and provinces, never as many as visits.
    """
    name = Column(_("Name"), NAME_WIDTH)
    now, before = Column(str(figures.year)), Column(str(figures.year - 1))
    visits, people = Column(_("Visits")), Column(_("People"))
    return workbook_bytes(
        [
            Sheet(
                _("Overview"),
                [name, now, before],
                [(str(line.label), line.now, line.before) for line in figures.headlines],
            ),
            Sheet(
                _("Requests"),
                [Column(_("Status now"), NAME_WIDTH), now, before],
                [(str(line.label), line.now, line.before) for line in figures.statuses],
            ),
            Sheet(
                _("Months"),
                [Column(_("Month"), 16), Column(_("Requests")), visits, people],
                [
                    (month.name, month.requests, month.visits, month.people)
                    for month in figures.months
                ],
            ),
            Sheet(
                _("Provinces"),
                [Column(_("Province"), NAME_WIDTH), visits, people],
                [(origin.name, origin.visits, origin.people) for origin in figures.provinces],
            ),
            Sheet(
                _("Kinds of organisation"),
                [Column(_("Kind of organisation"), NAME_WIDTH), visits, people],
                [(origin.name, origin.visits, origin.people) for origin in figures.kinds],
            ),
            Sheet(
                _("Innovations"),
                [
                    Column(_("Innovation"), NAME_WIDTH),
                    Column(_("Requests")),
                    visits,
                    people,
                    Column(_("Adoptions")),
                    Column(_("Usefulness, 1 to 5"), 16),
                    Column(_("Answers")),
                ],
                [
                    (
                        line.name,
                        line.requests,
                        line.visits,
                        line.people,
                        line.adoptions,
                        line.usefulness,
                        line.ratings,
                    )
                    for line in figures.innovations
                ],
            ),
            Sheet(
                _("Adoptions"),
                [
                    Column(_("State"), NAME_WIDTH),
                    Column(pgettext("adoption", "Confirmed"), 14),
                    Column(_("To confirm"), 16),
                ],
                [(line.name, line.confirmed, line.to_confirm) for line in figures.adoptions],
            ),
            Sheet(
                _("Waiting list"),
                [name, now],
                [(str(line.label), line.now) for line in figures.waiting],
            ),
            Sheet(
                _("Hosts"),
                [
                    Column(_("Agency"), NAME_WIDTH),
                    visits,
                    Column(_("Busiest month"), 18),
                    Column(_("Visits in that month"), 18),
                    Column(_("Ceiling per month"), 18),
                ],
                [
                    (
                        load.agency,
                        load.visits,
                        load.busiest_name,
                        load.busiest_visits,
                        load.ceiling,
                    )
                    for load in figures.hosts
                ],
            ),
        ]
    )
