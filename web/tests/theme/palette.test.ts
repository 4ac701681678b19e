// The palettes: everything that carries meaning can be told from what lies behind it, in all three themes.
import { describe, expect, it } from "vitest";
import { contrast, palettes } from "@/theme/palette";

it("measures contrast as WCAG does", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
});

describe.each(Object.entries(palettes))("%s", (_name, tokens) => {
  it.each(tokens.series.map((colour, index) => [index, colour] as const))(
    "series %i (%s) is 3:1 on the surface and on the page",
    (_index, colour) => {
      expect(contrast(colour, tokens.surface)).toBeGreaterThanOrEqual(3);
      expect(contrast(colour, tokens.page)).toBeGreaterThanOrEqual(3);
    },
  );
  it("has eight different series", () => {
    expect(new Set(tokens.series).size).toBe(8);
  });
  it.each(["text", "muted", "accent", "good", "warn", "bad", "info", "red", "green", "blue"] as const)(
    "writes %s at 4.5:1 on page and surface",
    (name) => {
      expect(contrast(tokens[name], tokens.surface)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(tokens[name], tokens.page)).toBeGreaterThanOrEqual(4.5);
    },
  );
  it.each(["good", "warn", "bad", "info"] as const)("writes a tag of %s at 4.5:1", (name) => {
    expect(contrast(tokens[name], tokens[`${name}Soft`])).toBeGreaterThanOrEqual(4.5);
  });
  it("writes neutral and accent tags, hovered lines and buttons at 4.5:1", () => {
    expect(contrast(tokens.muted, tokens.neutralSoft)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(tokens.accent, tokens.accentSoft)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(tokens.muted, tokens.hover)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(tokens.onAccent, tokens.accent)).toBeGreaterThanOrEqual(4.5);
  });
  it("draws edges of controls and baselines at 3:1", () => {
    expect(contrast(tokens.edge, tokens.surface)).toBeGreaterThanOrEqual(3);
    expect(contrast(tokens.baseline, tokens.surface)).toBeGreaterThanOrEqual(3);
  });
});
