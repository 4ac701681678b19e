"""Import options and summary: what a person may say about a sales file, and what became of its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

Progress = Callable[[str, float], None]
"""Called with the stage (`reading`, `checking`, `importing`, `saving`) and the share of it done, 0 to 1."""


@dataclass(frozen=True)
class ImportOptions:
    """What the file does not say by itself. The defaults suit most exports."""

    quarantine_dir: Path
    """Folder for rows that were left out, with their reasons."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Field to column heading, for headings that are not recognised: {"sku": "Art.-Nr."}."""
    encoding: str = ""
    """utf-8, cp949 or latin-1; empty means detected."""
    delimiter: str = ""
    """The character between two fields; empty means detected."""
    date_format: str = ""
    """dmy, mdy, ymd, or a pattern such as %d.%m.%Y; empty means decided by the whole column."""
    decimal: str = ""
    """. or , as decimal mark; empty means decided by the whole column."""
    location: str = "MAIN"
    """Location of all rows where the file has no location column."""
    supplier: str = ""
    """Code of an existing supplier for new products; empty means the assumed default supplier."""
    service_codes: str = ""
    """Regular expression of further codes that are no products, such as ^FEE."""
    opening_stock_days: float = 21.0
    """Days of recent sales put into stock, as an assumption, for places that are new; 0 for none."""
    shop_name: str = "My shop"
    """Name of the shop, where the database holds none yet."""
    currency: str = "GBP"
    """Currency of the shop, where the database holds none yet."""


@dataclass(frozen=True)
class ImportSummary:
    """What became of every row: `rows` = `imported` + `merged` + `quarantined`, always."""

    import_id: int
    file_name: str
    rows: int
    imported: int
    merged: int
    quarantined: int
    merged_reasons: Mapping[str, int]
    quarantined_reasons: Mapping[str, int]
    notes: Mapping[str, int]
    """Rows worth knowing of that are in `imported`: without a customer."""
    products_created: int
    locations_created: int
    first_day: date | None
    last_day: date | None
    encoding: str
    columns: Mapping[str, str]
    quarantine_file: Path | None
    already_imported: bool = False
    """True when the very same file was imported before: its figures then; nothing was changed."""

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {
            **self.__dict__,
            "merged_reasons": dict(self.merged_reasons),
            "quarantined_reasons": dict(self.quarantined_reasons),
            "notes": dict(self.notes),
            "columns": dict(self.columns),
            "first_day": self.first_day.isoformat() if self.first_day else None,
            "last_day": self.last_day.isoformat() if self.last_day else None,
            "quarantine_file": str(self.quarantine_file) if self.quarantine_file else None,
        }
