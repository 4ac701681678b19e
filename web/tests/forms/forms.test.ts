// Forms: numbers as people type them, and the server's refusals at the fields they belong to.
import { describe, expect, it } from "vitest";
import type { Problem } from "@/api/problem";
import { refusals } from "@/forms/fieldErrors";
import { readNumber } from "@/forms/numbers";

const problem = (over: Partial<Problem>): Problem => ({ status: 422, type: "", title: "", detail: "", remedy: "", errors: [], ...over });

describe("a typed number", () => {
  it.each([
    ["12", 12],
    [" 1,500 ", 1500],
    ["2 000", 2000],
    [".5", 0.5],
    ["−3", -3],
  ])("%j is read", (text, value) => expect(readNumber(text)).toBe(value));
  it.each(["", "x", "1e3", "1.2.3", "Infinity", "12 %"])("%j is no number", (text) => expect(readNumber(text)).toBeNaN());
});

describe("what the server refused", () => {
  const fields = ["name", "currency"] as const;
  it("stands at the last part of the path that the form knows", () => {
    const error = problem({ errors: [{ field: "body.shop.currency", message: "not a currency" }] });
    expect(refusals(error, fields)).toEqual({ fields: { currency: "not a currency" }, other: false });
  });
  it("is read from a sentence that begins with the field", () => {
    expect(refusals(problem({ detail: "name: Too long." }), fields)).toEqual({ fields: { name: "Too long." }, other: false });
  });
  it("puts a conflict at the field named for it", () => {
    expect(refusals(problem({ status: 409, detail: "Taken." }), fields, "name").fields).toEqual({ name: "Taken." });
  });
  it("belongs to no field where the form has none for it", () => {
    expect(refusals(problem({ errors: [{ field: "body.other", message: "no" }] }), fields)).toEqual({ fields: {}, other: true });
    expect(refusals(problem({ status: 500, detail: "name: broke" }), fields).other).toBe(true);
    expect(refusals(new Error("lost"), fields)).toEqual({ fields: {}, other: true });
  });
});
