"""Files of offices become records: read with patience, compared, and taken in all or not at all."""

from db.importing.files import FileRefused
from db.importing.loading import Loaded, Problem, RowsRefused, load, read_rows
from db.importing.reading import Given
from db.importing.tables import Row, Table

__all__ = [
    "FileRefused",
    "Given",
    "Loaded",
    "Problem",
    "Row",
    "RowsRefused",
    "Table",
    "load",
    "read_rows",
]
