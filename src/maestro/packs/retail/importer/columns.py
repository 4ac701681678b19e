"""Column recognition: finds invoice, SKU, quantity, date and the rest by heading, in English or Korean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from maestro.errors import InputError

REQUIRED = ("sku", "quantity", "date")
"""Fields without which nothing can be imported."""

HEADINGS: dict[str, tuple[str, ...]] = {
    "invoice": (
        *("invoiceno", "invoice", "invoicenumber", "invoiceid", "orderid", "orderno", "ordernumber", "order"),
        *("receiptno", "receipt", "receiptid", "transactionid", "transaction", "basketid", "ticket"),
        *("송장번호", "주문번호", "영수증번호", "전표번호", "거래번호"),
    ),
    "sku": (
        *("sku", "stockcode", "productcode", "productid", "itemcode", "itemid", "itemno", "articleno"),
        *("article", "barcode", "ean", "upc", "product", "item"),
        *("상품코드", "품목코드", "제품코드", "상품번호", "품번", "바코드"),
    ),
    "description": (
        *("description", "productname", "itemname", "productdescription", "title", "name"),
        *("상품명", "제품명", "품목명", "품명", "상품설명"),
    ),
    "quantity": (
        *("quantity", "qty", "units", "unitssold", "quantitysold", "pieces"),
        *("수량", "판매수량", "주문수량", "개수"),
    ),
    "date": (
        *("invoicedate", "date", "orderdate", "saledate", "salesdate", "transactiondate", "datetime"),
        *("timestamp", "createdat", "soldat", "day"),
        *(
            "날짜",
            "일자",
            "판매일",
            "판매일자",
            "주문일",
            "주문일자",
            "주문일시",
            "거래일자",
            "거래일시",
            "결제일",
        ),
    ),
    "price": (
        *("unitprice", "price", "saleprice", "sellingprice", "itemprice"),
        *("단가", "판매단가", "판매가", "가격"),
    ),
    "amount": (
        *("amount", "linetotal", "totalprice", "total", "revenue", "sales"),
        *("금액", "판매금액", "결제금액", "매출액", "매출", "합계"),
    ),
    "customer": (
        *("customerid", "customer", "customerno", "customercode", "clientid", "client", "buyer"),
        *("고객번호", "고객코드", "고객id", "고객", "회원번호", "회원id"),
    ),
    "location": (
        *("location", "locationcode", "store", "storeid", "storecode", "shop", "branch", "outlet"),
        *("warehouse", "매장", "매장코드", "지점", "점포", "창고"),
    ),
}
"""Recognised headings of each field, the surest first, without case, spaces and punctuation."""


def recognise(headings: Sequence[str], chosen: Mapping[str, str]) -> dict[str, int]:
    """Find the place of each field among the headings.

    Args:
        headings: as they stand in the file.
        chosen: field to heading, as a person says; it wins over recognition.

    Returns:
        Field to position, for the fields that the file has.

    Raises:
        InputError: a chosen field or heading does not exist, or a required field is not found.
    """
    found = {field: _chosen(field, heading, headings) for field, heading in chosen.items()}
    plain = [_plain(heading) for heading in headings]
    for field, names in HEADINGS.items():
        taken = set(found.values())
        free = [name for name in names if name in plain and plain.index(name) not in taken]
        if field not in found and free:
            found[field] = plain.index(free[0])
    missing = [field for field in REQUIRED if field not in found]
    if missing:
        raise InputError(
            f"The file has no column for {' and '.join(missing)}; its columns are {_listed(headings)}.",
            remedy=f"Name the column, for example --column {missing[0]}=HEADING.",
        )
    return found


def _chosen(field: str, heading: str, headings: Sequence[str]) -> int:
    if field not in HEADINGS:
        raise InputError(
            f"{field} is not a field of a sales file.", remedy=f"Use one of {', '.join(HEADINGS)}."
        )
    if heading in headings:
        return headings.index(heading)
    plain = [_plain(each) for each in headings]
    if _plain(heading) in plain:
        return plain.index(_plain(heading))
    raise InputError(
        f"The file has no column {heading}; its columns are {_listed(headings)}.",
        remedy=f"Correct --column {field}={heading}.",
    )


def _plain(heading: str) -> str:
    return re.sub(r"[\W_]+", "", heading.casefold())


def _listed(headings: Sequence[str]) -> str:
    shown = [heading.strip() or "(empty)" for heading in headings[:20]]
    return ", ".join(shown) + (", ..." if len(headings) > 20 else "")
