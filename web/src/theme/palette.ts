// The palettes of the three themes: greys carry the page, one accent acts, state colours always come with a word or icon.
import type { ThemeName } from "@/preferences/preferences";

export interface Tokens {
  page: string;
  surface: string;
  raised: string;
  hover: string;
  border: string;
  /** Edges of controls: at least 3:1 against the surface. */
  edge: string;
  text: string;
  muted: string;
  accent: string;
  onAccent: string;
  accentSoft: string;
  good: string;
  warn: string;
  bad: string;
  info: string;
  goodSoft: string;
  warnSoft: string;
  badSoft: string;
  infoSoft: string;
  neutralSoft: string;
  /** The colours that a gain or a loss can take, by convention of the reader. */
  red: string;
  green: string;
  blue: string;
  /** The thin line of a baseline. */
  baseline: string;
  /** Eight colours for series: each 3:1 on the surface and apart for colour-blind eyes. */
  series: readonly [string, string, string, string, string, string, string, string];
}

export const palettes: Record<ThemeName, Tokens> = {
  light: {
    page: "#f6f6f8",
    surface: "#ffffff",
    raised: "#ffffff",
    hover: "#f1f1f5",
    border: "#e3e3e9",
    edge: "#85858f",
    text: "#17171c",
    muted: "#5c5d68",
    accent: "#4f43c8",
    onAccent: "#ffffff",
    accentSoft: "#eeecfb",
    good: "#13713a",
    warn: "#8f5200",
    bad: "#b8261b",
    info: "#1560a8",
    goodSoft: "#e4f5ea",
    warnSoft: "#fdf0da",
    badSoft: "#fdeae8",
    infoSoft: "#e5f0fb",
    neutralSoft: "#eeeef2",
    red: "#c02418",
    green: "#13713a",
    blue: "#1a5fc8",
    baseline: "#80818c",
    series: ["#4f43c8", "#c9560a", "#0a8a6a", "#b0387f", "#8a7400", "#2279b5", "#6a6b76", "#a1271d"],
  },
  dark: {
    page: "#0e0f12",
    surface: "#16171b",
    raised: "#1d1e24",
    hover: "#212229",
    border: "#2a2b33",
    edge: "#757682",
    text: "#ededf2",
    muted: "#a3a4b0",
    accent: "#a59eff",
    onAccent: "#14131f",
    accentSoft: "#262445",
    good: "#56c98f",
    warn: "#f0b44c",
    bad: "#ff8a82",
    info: "#74b6f5",
    goodSoft: "#14301f",
    warnSoft: "#35270c",
    badSoft: "#3d1a18",
    infoSoft: "#12293f",
    neutralSoft: "#26272e",
    red: "#ff8a82",
    green: "#56c98f",
    blue: "#7db4ff",
    baseline: "#8d8e99",
    series: ["#a59eff", "#f2935a", "#3fc7a0", "#ea92c6", "#d8c443", "#5fb4ef", "#b0b1bb", "#ff8a82"],
  },
  contrast: {
    page: "#000000",
    surface: "#000000",
    raised: "#000000",
    hover: "#1f1f1f",
    border: "#8a8a8a",
    edge: "#ffffff",
    text: "#ffffff",
    muted: "#e2e2e2",
    accent: "#ffd84d",
    onAccent: "#000000",
    accentSoft: "#332b00",
    good: "#6dffab",
    warn: "#ffc24d",
    bad: "#ffa29c",
    info: "#9fd0ff",
    goodSoft: "#00260f",
    warnSoft: "#2e1f00",
    badSoft: "#360c09",
    infoSoft: "#001f3d",
    neutralSoft: "#262626",
    red: "#ffa29c",
    green: "#6dffab",
    blue: "#9fd0ff",
    baseline: "#c4c4c4",
    series: ["#ffd84d", "#ff9f66", "#5ff0c4", "#ff9fdc", "#f4f08a", "#7fc9ff", "#d0d0d0", "#ffa29c"],
  },
};

const channel = (value: number) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => channel(Number.parseInt(hex.slice(at, at + 2), 16) / 255));
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

/** Contrast of two colours as WCAG 2.2 defines it: 1 (same) to 21 (black on white). */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}
