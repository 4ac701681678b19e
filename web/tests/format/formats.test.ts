// Numbers, money and dates as Korean and English readers write them.
import { describe, expect, it } from "vitest";
import { formatsFor } from "@/format/formats";

const [ko, en] = [formatsFor("ko"), formatsFor("en")];

describe("money", () => {
  it("shows pence below a hundred and none above", () => {
    expect(en.money(44.55, "GBP")).toBe("£44.55");
    expect(en.money(310.4, "GBP")).toBe("£310");
    expect(en.money(12, "GBP")).toBe("£12");
  });
  it("never shows parts of a won", () => {
    expect(ko.money(12_345.6, "KRW")).toBe("₩12,346");
    expect(ko.money(45.5, "KRW")).toBe("₩46");
  });
  it("is compact from ten thousand on, in the reader's own units", () => {
    expect(en.moneyShort(9_999, "GBP")).toBe("£9,999");
    expect(en.moneyShort(30_169, "GBP")).toBe("£30.2k");
    expect(ko.moneyShort(30_169, "GBP")).toBe("£3.02만");
  });
  it("always carries the sign of a gain, as a true minus", () => {
    expect(en.gain(310, "GBP")).toBe("+£310");
    expect(en.gain(-310, "GBP")).toBe("−£310");
    expect(en.gain(0, "GBP")).toBe("£0");
    expect(en.gainFull(-12_345, "GBP")).toBe("−£12,345");
  });
  it("writes a range so that two minus signs stay readable", () => {
    expect(en.range({ low: -17.15, high: -7.81, unit: "GBP" })).toBe("−£17.15 to −£7.81");
    expect(ko.range({ low: 120, high: 540, unit: "GBP" })).toBe("£120 ~ £540");
  });
});

describe("time", () => {
  const now = Date.parse("2026-03-14T09:00:00Z");
  it("is relative to the clock of the shop", () => {
    expect(en.relative("2026-03-11T09:00:00Z", now)).toBe("3 days ago");
    expect(ko.relative("2026-03-11T09:00:00Z", now)).toBe("3일 전");
    expect(en.relative("2026-03-14T08:59:50Z", now)).toBe("this minute");
    expect(ko.relative("2026-03-15T09:00:00Z", now)).toBe("내일");
  });
  it("shows the hour only where it can be read", () => {
    expect(en.clock(now, false)).toBe("Sat, 14 Mar 2026");
    expect(en.clock(now, true)).toBe("Sat, 14 Mar 2026 09:00");
  });
});

describe("what machines do", () => {
  it("is told in lengths of time with at most two units", () => {
    expect([0, 0.004, 0.4, 1.24, 12.3, 59.7, 200, 3660, 2.3 * 86_400].map(en.duration)).toEqual(["0s", "4ms", "400ms", "1.2s", "12s", "1m", "3m 20s", "1h 1m", "2d 7h"]);
    expect([1.24, 200, 7320].map(ko.duration)).toEqual(["1.2초", "3분 20초", "2시간 2분"]);
  });
  it("is told in sizes by powers of 1024", () => {
    expect([2048, 5 * 1024 ** 2, 1.4 * 1024 ** 3].map(en.bytes)).toEqual(["2 kB", "5 MB", "1.4 GB"]);
  });
  it("is told to the second where it just happened", () => {
    const now = Date.UTC(2026, 2, 14, 9, 0, 30);
    expect(en.ago("2026-03-14T09:00:28Z", now)).toBe("2 seconds ago");
    expect(ko.ago("2026-03-14T08:57:00Z", now)).toBe("3분 전");
  });
  it("leaves the day out of a range within one", () => {
    expect(en.between("2026-03-14T09:00:00Z", "2026-03-14T10:30:00Z")).toBe("09:00:00 – 10:30:00");
    expect(ko.between("2026-03-14T09:00:00Z", "2026-03-15T10:30:00Z")).toMatch(/3월 14일.*~.*3월 15일/);
    expect(en.between("2026-03-14T09:00:00Z", "2026-03-15T10:30:00Z")).not.toContain("2026");
  });
  it("shows the year of a range across two", () => {
    expect(en.between("2026-11-20T09:00:00Z", "2027-11-21T10:30:00Z")).toMatch(/20 Nov 2026.* – 21 Nov 2027/);
    expect(ko.between("2026-12-31T23:59:00Z", "2027-01-01T00:01:00Z")).toMatch(/2026년 12월 31일.*~2027년 1월 1일/);
  });
});
