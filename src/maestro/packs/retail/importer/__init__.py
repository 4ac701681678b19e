"""Importer: takes a shop's own sales history in."""

from maestro.packs.retail.importer.options import ImportOptions, ImportSummary, Progress
from maestro.packs.retail.importer.rules import REASONS
from maestro.packs.retail.importer.sales_import import import_sales, summary_of

__all__ = ["REASONS", "ImportOptions", "ImportSummary", "Progress", "import_sales", "summary_of"]
