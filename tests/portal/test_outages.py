"""Readers who are turned away are a line of the log each."""

import logging

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError

from magelang_portal.outages import OneLine


def record_of(error, status):
    found = (type(error), error, None)
    record = logging.LogRecord("portal", logging.WARNING, __file__, 1, "Away: %s", ("/x/",), found)
    record.status_code = status
    assert OneLine().filter(record)
    return record


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (OperationalError("gone\nand more"), 503, "Away: /x/ (gone)"),
        (PermissionDenied("not yours"), 403, "Away: /x/ (not yours)"),
        (PermissionDenied(), 403, "Away: /x/"),
    ],
)
def test_why_stands_on_the_line_and_where_does_not(error, status, line):
    record = record_of(error, status)
    assert (record.getMessage(), record.exc_info) == (line, None)


def test_mistake_is_told_with_its_place():
    record = record_of(ZeroDivisionError("x"), 500)
    assert record.getMessage() == "Away: /x/"
    assert record.exc_info[1].args == ("x",)
