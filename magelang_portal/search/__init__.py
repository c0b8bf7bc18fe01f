"""The search of the portal: innovations, agencies, awards, visits and answered questions.

Others use `understand` (a text becomes a query that finds something), `found` and `ranked` (of a
queryset), `Results` (for a page) and `refresh` (after texts have changed past the receivers). Only
`sqlite` and `postgresql` know their database; `words` and `lexicon` what a word is.
"""
