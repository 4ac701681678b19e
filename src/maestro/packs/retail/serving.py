"""Retail records as plain JSON: stock rows, purchase orders and movements as pages show them."""

from __future__ import annotations

from typing import Any

from maestro.packs.retail.entities import PurchaseOrder, StockMovement
from maestro.packs.retail.stock import StockRow


def stock_row_json(row: StockRow) -> dict[str, Any]:
    """A line of the stock table."""
    return {
        "product_id": row.product_id,
        "sku": row.sku,
        "name": row.name,
        "category": row.category,
        "location": {"id": row.location_id, "code": row.location_code, "name": row.location_name},
        "on_hand": row.on_hand,
        "on_order": row.on_order,
        "available": row.on_hand,
        "days_of_cover": row.days_of_cover,
        "health": str(row.health),
        "target": row.target,
        "value": row.value,
        "sold_28d": row.sold_28d,
        "supplier": {"id": row.supplier[0], "name": row.supplier[1]} if row.supplier else None,
    }


def order_json(order: PurchaseOrder) -> dict[str, Any]:
    """A purchase order with its lines."""
    return {
        "id": order.id,
        "number": order.number,
        "supplier": {"id": order.supplier.id, "name": order.supplier.name},
        "location": {"id": order.location.id, "code": order.location.code, "name": order.location.name},
        "status": order.status,
        "created_at": order.created_at,
        "expected_at": order.expected_at,
        "received_at": order.received_at,
        "lines": [
            {
                "product_id": line.product_id,
                "sku": line.product.sku,
                "name": line.product.words,
                "quantity": line.quantity,
                "received": line.received,
                "unit_cost": line.unit_cost,
            }
            for line in order.lines
        ],
        "total": round(order.total, 2),
        "decision_ids": order.decision_ids,
    }


def movement_json(movement: StockMovement) -> dict[str, Any]:
    """A line of the ledger."""
    return {
        "at": movement.at,
        "kind": movement.kind,
        "quantity": movement.quantity,
        "balance": movement.balance,
        "reference": movement.reference,
    }
