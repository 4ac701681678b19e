"""Import routes: takes a sales file in over HTTP, and lists what was imported before."""

from __future__ import annotations

import re
import secrets
import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response, UploadFile
from pydantic import BaseModel
from sqlalchemy import func, select

from maestro.errors import InputError
from maestro.packs.retail.entities import SalesImport
from maestro.packs.retail.importer import ImportOptions, ImportSummary, import_sales, summary_of
from maestro.server.json_response import Json
from maestro.server.pages import Cursor, Limit, Page, read_cursor, write_cursor
from maestro.server.permissions import Manager, viewer
from maestro.server.system import System, audited, system_of

router = APIRouter(prefix="/imports", tags=["imports"])

Text = Annotated[str, Form(max_length=200)]


class ImportSummaryView(BaseModel):
    """What became of every row of a file: rows = imported + merged + quarantined."""

    import_id: int
    file_name: str
    rows: int
    imported: int
    merged: int
    quarantined: int
    merged_reasons: dict[str, int]
    quarantined_reasons: dict[str, int]
    notes: dict[str, int]
    products_created: int
    locations_created: int
    first_day: date | None
    last_day: date | None
    encoding: str
    columns: dict[str, str]
    already_imported: bool


class ImportRow(ImportSummaryView):
    """An earlier import."""

    imported_at: datetime


class Imported(BaseModel):
    """The answer to an import."""

    summary: ImportSummaryView


@router.post("", response_model=Imported)
def import_file(  # noqa: PLR0917 - the fields of a form are given by name
    request: Request,
    person: Manager,
    file: UploadFile,
    location: Text = "MAIN",
    shop_name: Text = "My shop",
    currency: Annotated[str, Form(pattern="^[A-Z]{3}$")] = "GBP",
    encoding: Text = "",
    delimiter: Text = "",
    date_format: Text = "",
    decimal: Text = "",
    columns: Annotated[list[str], Form(max_length=30)] = [],  # noqa: B006 - FastAPI copies defaults
) -> Response:
    """Import a CSV or Parquet file; all or nothing, and no line twice.

    `columns` holds entries such as `sku=Art.-Nr.` for headings that are not recognised.
    """
    system = system_of(request)
    options = ImportOptions(
        quarantine_dir=system.settings.data_dir / "quarantine",
        columns=dict(_pair(entry) for entry in columns),
        encoding=encoding,
        delimiter=delimiter,
        date_format=date_format,
        decimal=decimal,
        location=location,
        shop_name=shop_name,
        currency=currency,
    )
    summary = _import(system, file, options)
    audited(request, person, "sales.imported", summary.file_name, {"rows": summary.rows})
    system.events.announce("stock", {"import_id": summary.import_id})
    return Json({"summary": _view(summary)})


@router.get("", response_model=Page[ImportRow], dependencies=[viewer])
def list_imports(request: Request, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Earlier imports, newest first."""
    query = select(SalesImport).order_by(SalesImport.id.desc()).limit(limit + 1)
    if cursor:
        before = read_cursor(cursor, [int])[0]
        query = query.where(SalesImport.id < min(before, 2**31 - 1))
    with system_of(request).database.reader() as session:
        rows = list(session.scalars(query))
        total = session.scalar(select(func.count()).select_from(SalesImport)) or 0
    items = [_view(summary_of(row)) | {"imported_at": row.imported_at} for row in rows[:limit]]
    following = write_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Json({"items": items, "next_cursor": following, "total": total})


def _import(system: System, file: UploadFile, options: ImportOptions) -> ImportSummary:
    """Import from a copy in the data folder, which is removed whatever happens."""
    folder = system.settings.data_dir / "uploads" / secrets.token_hex(8)
    name = re.sub(r"[^\w.\-]", "_", Path(file.filename or "sales.csv").name)[-100:]
    try:
        folder.mkdir(parents=True)
        with (folder / name).open("wb") as copy:
            shutil.copyfileobj(file.file, copy, 1 << 20)

        def progress(stage: str, share: float) -> None:
            system.events.announce("import", {"stage": stage, "share": round(share, 3)})

        return import_sales(folder / name, system.database, options, system.wall, progress)
    except OSError as error:
        raise InputError(
            f"The file cannot be kept: {error.strerror}.", remedy="Free some space in the data folder."
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _pair(entry: str) -> tuple[str, str]:
    field, equals, heading = entry.partition("=")
    if not equals:
        raise InputError(f"{entry[:60]!r} maps nothing.", remedy="Write field=heading, such as sku=Code.")
    return field.strip(), heading.strip()


def _view(summary: ImportSummary) -> dict[str, Any]:
    return {name: value for name, value in summary.to_json().items() if name != "quarantine_file"}
