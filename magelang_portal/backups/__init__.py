"""Everything that the portal holds in one file, independent of database and store.

A backup is a plain tar: `manifest.json` (when, from where, which migrations, how many rows), one
`rows/app.model.jsonl.gz` for each table (the names of its columns, then a row a line),
`files/STORAGE/NAME` for each upload, `missing.json`, and last `SHA256SUMS` over all of them, so
that `tar xf` and `sha256sum --check` judge it without us.
"""


class BackupError(Exception):
    """Why a backup is not made or not restored, and what to do; nothing was changed."""
