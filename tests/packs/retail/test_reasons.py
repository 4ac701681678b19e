"""Tests of the reasons: one sentence in English and in Korean, with signs, units and the interval."""

from __future__ import annotations

from datetime import date

from maestro.packs.retail import reasons
from maestro.packs.retail.reasons import Names

HEART = Names({"en": "Heart T-light holder", "ko": "하트 티라이트 홀더"}, "Nordic Ltd", "High Street", "GBP")


def test_an_order_says_what_from_whom_for_where_and_when() -> None:
    words = reasons.order_summary(HEART, 1240, date(2026, 6, 9))
    assert words["en"] == (
        "Order 1,240 x Heart T-light holder for High Street from Nordic Ltd, here about Tuesday 9 Jun"
    )
    assert "하트 티라이트 홀더 1,240개" in words["ko"]
    assert "6월 9일 화요일" in words["ko"]


def test_the_reason_gives_the_chance_of_running_out_and_the_gain_with_its_interval() -> None:
    words = reasons.order_reason(HEART, 0.92, (310.0, 120.0, 540.0), 21.4)
    assert words["en"].startswith("92% chance of running out otherwise")
    assert "£310 over the plain rule (80 %: £120 to £540)" in words["en"]
    assert "92%" in words["ko"]
    assert "£120~£540" in words["ko"]


def test_waiting_has_its_own_words() -> None:
    summary = reasons.wait_summary(HEART)
    words = reasons.wait_reason(HEART, 0.03, (12.5, -4.0, 30.0), 40.0)
    assert summary["en"] == "Do not order Heart T-light holder for High Street yet"
    assert "아직 주문하지 않음" in summary["ko"]
    assert "£12.50 (80 %: -£4.00 to £30.00)" in words["en"]
    assert "3%" in words["ko"]


def test_the_plain_rule_is_told_with_and_without_an_order() -> None:
    assert reasons.rule_summary(HEART, 0)["en"] == "The plain rule would order nothing"
    assert reasons.rule_summary(HEART, 30)["ko"] == "기준 규칙은 하트 티라이트 홀더 30개를 주문"


def test_won_have_no_decimals_and_unknown_currencies_are_spelled_out() -> None:
    assert reasons.money(12.4, "KRW") == "₩12"
    assert reasons.money(-1234.5, "GBP") == "-£1,234"
    assert reasons.money(3.5, "CHF") == "CHF 3.50"
