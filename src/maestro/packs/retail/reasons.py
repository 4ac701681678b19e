"""Reasons: what a decision about an order says, as one sentence in English and in Korean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

_DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAYS_KO = ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일")
_SIGNS = {"GBP": "£", "EUR": "€", "USD": "$", "KRW": "₩", "JPY": "¥"}
_YEAR_DAYS = 365

Words = Mapping[str, str]


@dataclass(frozen=True)
class Names:
    """What a sentence calls things: the product in both languages, the supplier, the place, the currency."""

    product: Words
    supplier: str
    location: str
    currency: str


def money(amount: float, currency: str) -> str:
    """An amount with its sign before the currency, such as -£310; won and yen without decimals."""
    sign = "-" if amount < 0 else ""
    symbol = _SIGNS.get(currency, f"{currency} ")
    size = abs(amount)
    decimals = 0 if currency in {"KRW", "JPY"} or size >= 100 else 2
    return f"{sign}{symbol}{size:,.{decimals}f}"


def order_summary(names: Names, quantity: int, arrives: date) -> Words:
    """The action: what is ordered, from whom, to be there when."""
    day = arrives.weekday()
    return {
        "en": f"Order {quantity:,} x {names.product['en']} for {names.location} from {names.supplier}, "
        f"here about {_DAYS_EN[day]} {arrives:%-d %b}",
        "ko": f"{names.supplier}에서 {names.product['ko']} {quantity:,}개를 "
        f"{names.location} 매장용으로 주문, "
        f"{arrives.month}월 {arrives.day}일 {_DAYS_KO[day]}쯤 도착",
    }


def wait_summary(names: Names) -> Words:
    """The action of ordering nothing where the plain rule would order."""
    return {
        "en": f"Do not order {names.product['en']} for {names.location} yet",
        "ko": f"{names.location} 매장의 {names.product['ko']}은(는) 아직 주문하지 않음",
    }


def rule_summary(names: Names, quantity: int) -> Words:
    """What the plain rule would have done."""
    if quantity == 0:
        return {"en": "The plain rule would order nothing", "ko": "기준 규칙은 주문하지 않음"}
    return {
        "en": f"The plain rule would order {quantity:,} x {names.product['en']}",
        "ko": f"기준 규칙은 {names.product['ko']} {quantity:,}개를 주문",
    }


def holdout_reason() -> Words:
    """Why the plain rule decides here."""
    return {
        "en": "The plain rule orders this product, so that what the others gain can be compared with it.",
        "ko": "다른 상품의 이득을 견주어 볼 수 있도록 이 상품은 기준 규칙대로 주문합니다.",
    }


def cover(days: float) -> Words:
    """How long stock lasts; beyond a year nobody counts days."""
    if days > _YEAR_DAYS:
        return {"en": "more than a year", "ko": "1년 넘게"}
    return {"en": f"about {days:.0f} days", "ko": f"약 {days:.0f}일 동안"}


def order_reason(
    names: Names, stockout_chance: float, gain: tuple[float, float, float], cover_days: float
) -> Words:
    """Why to order: the chance of running out otherwise and the expected gain with its 80 % interval."""
    mean, low, high = (money(amount, names.currency) for amount in gain)
    chance, lasts = f"{stockout_chance:.0%}", cover(cover_days)
    return {
        "en": f"{chance} chance of running out otherwise; with it stock lasts {lasts['en']}. "
        f"Expected {mean} over the plain rule (80 %: {low} to {high}).",
        "ko": f"주문하지 않으면 품절될 확률이 {chance}이며, "
        f"주문하면 {lasts['ko']} 팔 수 있습니다. "
        f"기준 규칙보다 {mean} 이득을 예상합니다(80 %: {low}~{high}).",
    }


def wait_reason(
    names: Names, stockout_chance: float, gain: tuple[float, float, float], cover_days: float
) -> Words:
    """Why not to order yet."""
    mean, low, high = (money(amount, names.currency) for amount in gain)
    chance, lasts = f"{stockout_chance:.0%}", cover(cover_days)
    return {
        "en": f"Stock here and on the way lasts {lasts['en']}; "
        f"the chance of running out before the next order can arrive is {chance}. "
        f"Waiting is expected to be worth {mean} (80 %: {low} to {high}).",
        "ko": f"있는 재고와 오는 재고로 {lasts['ko']} 팔 수 있고, "
        f"다음 주문이 도착하기 전에 품절될 확률은 {chance}입니다. "
        f"기다리면 {mean} 이득을 예상합니다(80 %: {low}~{high}).",
    }
