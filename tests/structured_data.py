"""Reading what a page says to search engines."""

import json

from lxml import html


def page_of(response):
    """The page as a tree, to be asked with XPath."""
    return html.document_fromstring(response.content)


def structured_data_of(response):
    """Each block of JSON-LD on the page by its type."""
    blocks = page_of(response).xpath("//script[@type='application/ld+json']/text()")
    return {data["@type"]: data for data in map(json.loads, blocks)}
