"""Tests of reasons: what a person reads about an order, in English and in Korean."""

from __future__ import annotations

from datetime import date

import pytest

from maestro.packs.retail import reasons
from maestro.packs.retail.reasons import Names

NAMES = Names({"en": "Wall clock", "ko": "벽시계"}, "Harbour Goods", "High Street", "GBP")
GAIN = (12.5, -3.0, 310.4)


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (12.5, "GBP", "£12.50"),
        (99.999, "GBP", "£100.00"),
        (1234.5, "GBP", "£1,234"),
        (-310.4, "GBP", "-£310"),
        (0.0, "EUR", "€0.00"),
        (1234.5, "KRW", "₩1,234"),
        (-12.4, "KRW", "-₩12"),
        (5.5, "JPY", "¥6"),
        (12.5, "CHF", "CHF 12.50"),
    ],
)
def test_money_is_written_as_people_write_it(amount: float, currency: str, words: str) -> None:
    assert reasons.money(amount, currency) == words


def test_an_order_says_what_from_whom_and_when() -> None:
    assert reasons.order_summary(NAMES, 1240, date(2026, 3, 5)) == {
        "en": "Order 1,240 x Wall clock for High Street from Harbour Goods, here about Thursday 5 Mar",
        "ko": "Harbour Goods에서 벽시계 1,240개를 High Street 매장용으로 주문, 3월 5일 목요일쯤 도착",
    }


def test_waiting_says_what_is_not_ordered() -> None:
    assert reasons.wait_summary(NAMES) == {
        "en": "Do not order Wall clock for High Street yet",
        "ko": "High Street 매장의 벽시계은(는) 아직 주문하지 않음",
    }


def test_the_rule_s_action_is_told_too() -> None:
    assert reasons.rule_summary(NAMES, 24)["en"] == "The plain rule would order 24 x Wall clock"
    assert reasons.rule_summary(NAMES, 24)["ko"] == "기준 규칙은 벽시계 24개를 주문"
    assert reasons.rule_summary(NAMES, 0)["en"] == "The plain rule would order nothing"


def test_the_reason_to_order_names_the_risk_the_cover_and_the_gain() -> None:
    assert reasons.order_reason(NAMES, 0.437, GAIN, 21.6) == {
        "en": "44% chance of running out otherwise; with it stock lasts about 22 days. "
        "Expected £12.50 over the plain rule (80 %: -£3.00 to £310).",
        "ko": "주문하지 않으면 품절될 확률이 44%이며, 주문하면 약 22일 동안 팔 수 있습니다. "
        "기준 규칙보다 £12.50 이득을 예상합니다(80 %: -£3.00~£310).",
    }


def test_the_reason_to_wait_names_the_cover_the_risk_and_the_gain() -> None:
    assert reasons.wait_reason(NAMES, 0.0123, GAIN, 40.2) == {
        "en": "Stock here and on the way lasts about 40 days; "
        "the chance of running out before the next order can arrive is 1%. "
        "Waiting is expected to be worth £12.50 (80 %: -£3.00 to £310).",
        "ko": "있는 재고와 오는 재고로 약 40일 동안 팔 수 있고, "
        "다음 주문이 도착하기 전에 품절될 확률은 1%입니다. "
        "기다리면 £12.50 이득을 예상합니다(80 %: -£3.00~£310).",
    }


def test_nobody_counts_the_days_of_what_hardly_sells() -> None:
    words = reasons.wait_reason(NAMES, 0.0, GAIN, 1.2e10)
    assert "lasts more than a year;" in words["en"]
    assert "1년 넘게 팔 수 있고" in words["ko"]


def test_a_held_out_product_says_why_the_rule_decides() -> None:
    words = reasons.holdout_reason()
    assert "plain rule" in words["en"]
    assert "기준 규칙" in words["ko"]
