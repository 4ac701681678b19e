// The colour of a gain: red up for Korean readers, green up for English ones, and a choice that overrules both.
import { expect, it } from "vitest";
import { gainColour } from "@/components/Gain";
import { palettes } from "@/theme/palette";

const { red, green, blue, muted } = palettes.light;

it.each([
  [1, "ko", "language", red],
  [-1, "ko", "language", blue],
  [1, "en", "language", green],
  [-1, "en", "language", red],
  [1, "en", "red-up", red],
  [-1, "en", "red-up", blue],
  [1, "ko", "green-up", green],
  [-1, "ko", "green-up", red],
  [0, "ko", "language", muted],
] as const)("%i in %s with %s", (value, language, choice, colour) => {
  expect(gainColour(value, palettes.light, language, choice)).toBe(colour);
});
