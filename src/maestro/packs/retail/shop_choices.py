"""Shop choices: the shop's name, currency and language, and the costs and limits of its replenishment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from maestro.errors import InputError, NotFoundError
from maestro.packs.retail.entities import Shop
from maestro.packs.retail.settings import RetailSettings


def read_choices(session: Session) -> dict[str, Any]:
    """The shop and its replenishment settings, as plain JSON.

    Raises:
        NotFoundError: there is no shop yet.
    """
    shop = _shop(session)
    return {
        "shop": {"name": shop.name, "currency": shop.currency, "language": shop.language},
        "replenishment": RetailSettings.of(shop.options).model_dump(),
    }


def change_choices(session: Session, shop: Mapping[str, Any], replenishment: Mapping[str, Any]) -> None:
    """Change some of them; the rest stays.

    Raises:
        NotFoundError: there is no shop yet.
        InputError: a value is not allowed; nothing was changed.
    """
    unknown = sorted(set(replenishment) - set(RetailSettings.model_fields))
    if unknown:
        raise InputError(
            f"There is no setting {unknown[0][:60]}.",
            remedy=f"Use one of {', '.join(RetailSettings.model_fields)}.",
        )
    row = _shop(session, locked=True)
    options = {**row.options, **replenishment}
    RetailSettings.of(options)
    row.options = options
    for field in ("name", "currency", "language"):
        if shop.get(field) is not None:
            setattr(row, field, shop[field])


def _shop(session: Session, *, locked: bool = False) -> Shop:
    query = select(Shop).order_by(Shop.id).limit(1)
    shop = session.scalar(query.with_for_update() if locked else query)
    if shop is None:
        raise NotFoundError(
            "There is no shop yet.", remedy="Import sales, or start a demo shop with `maestro run`."
        )
    return shop
