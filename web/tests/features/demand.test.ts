// Demand: history and forecast on one row of days, and how a product stands.
import { describe, expect, it } from "vitest";
import type { StockRow } from "@/api/types";
import { adjustmentSchema, signedPieces } from "@/features/stock/adjustment";
import { filled } from "@/features/stock/CoverBar";
import { demandData, outSpans, placeOf, shownDays, soldLately } from "@/features/stock/demand";
import { changesOf, piecesOf } from "@/features/stock/OrdersCard";
import { standingOf } from "@/features/stock/standing";
import { roundAbove, stockOption } from "@/features/stock/stockChart";
import { isFiltered, stockFilter, withChoice } from "@/features/stock/stockQuery";
import { locationsOf } from "@/features/stock/useLocations";
import { palettes } from "@/theme/palette";
import { products, stockRows } from "../../mock/products";
import { ordersOf } from "../../mock/records";

const date = (index: number) => new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10);
const days = (count: number, out: number[] = []) => Array.from({ length: count }, (_, index) => ({ date: date(index), value: index, in_stock: !out.includes(index) }));
const expected = (from: number, count: number) => Array.from({ length: count }, (_, index) => ({ date: date(from + index), mean: 5, low: 2, high: 9 }));

describe("the picture of demand", () => {
  it("joins the forecast to the last day of the history", () => {
    const data = demandData(days(3), expected(3, 2));
    expect(data.dates).toHaveLength(5);
    expect(data.actual).toEqual([0, 1, 2, null, null]);
    expect(data.mean).toEqual([null, null, 2, 5, 5]);
    expect(data.width).toEqual([null, null, 0, 7, 7]);
  });
  it("keeps the forecast in sight where its days have passed", () => {
    const data = demandData(days(4), expected(2, 3));
    expect(data.actual).toEqual([0, 1, 2, 3, null]);
    expect(data.mean).toEqual([null, 1, 5, 5, 5]);
  });
  it("shows thirteen weeks, and leaves out a forecast that is older", () => {
    const data = demandData(days(120), expected(0, 10));
    expect(data.dates).toHaveLength(shownDays);
    expect(data.mean.every((value) => value === null)).toBe(true);
  });
  it("draws without a history", () => {
    expect(demandData([], expected(0, 2)).mean).toEqual([5, 5]);
    expect(demandData([], []).dates).toEqual([]);
  });
  it("makes each day without stock wide enough to see", () => {
    const history = days(6, [1, 3, 4, 5]);
    const dates = history.map((day) => day.date);
    expect(outSpans(history, dates)).toEqual([
      [date(1), date(2)],
      [date(3), date(5)],
    ]);
  });
  it("counts what sold and the days without stock", () => {
    expect(soldLately(days(30, [2, 3]))).toEqual({ sold: 434, outs: 2, days: 30 });
  });
  it("knows the place in a subject", () => {
    expect(placeOf("AB@12@EAST")).toBe("EAST");
  });
});

it("draws the target only where there is one", () => {
  const history = [{ date: date(0), sold: 2, stock_end: 8, in_stock: true, price: null }];
  const words = { stock: "", sold: "", date: String, shortDate: String, number: String };
  const lines = (target: number | null) => JSON.stringify(stockOption(history, target, words, palettes.light)).includes("markLine");
  expect([lines(12), lines(null)]).toEqual([true, false]);
  expect([roundAbove(82), roundAbove(7), roundAbove(0), roundAbove(120)]).toEqual([85, 7.5, 0, 150]);
});

describe("how a product stands", () => {
  const row = (over: Partial<StockRow>): StockRow => ({ ...(stockRows[0] as StockRow), ...over });
  it("is its worst place", () => {
    const standing = standingOf([row({ health: "healthy", on_hand: 20, sold_28d: 28 }), row({ health: "out", on_hand: 0, sold_28d: 28 })]);
    expect(standing).toMatchObject({ health: "out", everywhere: false, days: 10, onHand: 20 });
  });
  it("has no days where nothing sold", () => {
    expect(standingOf([row({ sold_28d: 0 })])?.days).toBeNull();
    expect(standingOf([])).toBeNull();
  });
  it("fills the bar of cover at twelve weeks", () => {
    expect([filled(0), filled(42), filled(400), filled(-1)]).toEqual([0, 50, 100, 0]);
  });
});

describe("a correction of stock", () => {
  const schema = adjustmentSchema(5, { pieces: "pieces", most: "most", below: (count) => `only ${count}`, reason: "reason" });
  const said = (input: object) => schema.safeParse({ direction: "add", pieces: "1", reason: "counted", ...input }).error?.issues.map(({ message }) => message) ?? [];
  it("takes whole pieces with a reason", () => {
    expect(said({})).toEqual([]);
    expect(said({ pieces: "1.5" })).toEqual(["pieces"]);
    expect(said({ pieces: "0" })).toEqual(["pieces"]);
    expect(said({ pieces: "2000000" })).toEqual(["most"]);
    expect(said({ reason: "  " })).toEqual(["reason"]);
  });
  it("never takes more than is there", () => {
    expect(said({ direction: "take", pieces: "6" })).toEqual(["only 5"]);
    expect(said({ direction: "take", pieces: "5" })).toEqual([]);
  });
  it("carries its sign", () => {
    expect(signedPieces({ direction: "take", pieces: "4" })).toBe(-4);
    expect(signedPieces({ direction: "add", pieces: "" })).toBe(0);
  });
});

describe("the address of the stock table", () => {
  it("asks for the sickest places first, and ignores an unknown health", () => {
    expect(stockFilter(new URLSearchParams("health=purple&q=mug"))).toMatchObject({ sort: "health", health: undefined, q: "mug" });
  });
  it("goes back to the first page with every choice, and leaves the usual order out", () => {
    const next = withChoice(new URLSearchParams("at=50&health=low"), "sort", "health");
    expect(next.toString()).toBe("health=low");
    expect(isFiltered(next)).toBe(true);
    expect(isFiltered(withChoice(next, "health", ""))).toBe(false);
  });
});

it("finds each place once, by name", () => {
  expect(locationsOf(stockRows).map(({ code }) => code)).toEqual(["EAST", "MAIN"]);
});

describe("a purchase order", () => {
  const [sent, received] = ordersOf(products[0] as (typeof products)[number]);
  it("can be booked once sent, and cancelled while nothing has arrived", () => {
    if (!sent || !received) throw new Error("the made-up shop has orders");
    expect(changesOf(sent)).toEqual(["receive", "cancel"]);
    expect(changesOf({ ...sent, lines: sent.lines.map((line) => ({ ...line, received: 1 })) })).toEqual(["receive"]);
    expect(changesOf({ ...sent, status: "draft" })).toEqual(["cancel"]);
    expect(changesOf(received)).toEqual([]);
  });
  it("counts only the pieces of its product", () => {
    if (!sent) throw new Error("the made-up shop has orders");
    expect(piecesOf(sent, 99)).toEqual({ quantity: 0, received: 0 });
    expect(piecesOf(sent, 1).quantity).toBeGreaterThan(0);
  });
});
