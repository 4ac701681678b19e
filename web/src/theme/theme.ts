// The theme: one palette drawn with the type, spacing and shapes of the product.
import { createTheme, type Theme } from "@mui/material/styles";
import type { ThemeName } from "@/preferences/preferences";
import { palettes, type Tokens } from "./palette";

declare module "@mui/material/styles" {
  interface Theme {
    name: ThemeName;
    tokens: Tokens;
  }
  interface ThemeOptions {
    name?: ThemeName;
    tokens?: Tokens;
  }
}

const family = [
  "Pretendard Variable",
  "Pretendard",
  "-apple-system",
  "BlinkMacSystemFont",
  "Segoe UI",
  "Noto Sans KR",
  "sans-serif",
]
  .map((name) => (name.includes(" ") ? `"${name}"` : name))
  .join(", ");

const motion = "150ms cubic-bezier(0.2, 0, 0, 1)";

function components(tokens: Tokens): NonNullable<Theme["components"]> {
  return {
    MuiCssBaseline: {
      styleOverrides: {
        body: { wordBreak: "keep-all", overflowWrap: "break-word", fontFeatureSettings: '"ss05"', WebkitFontSmoothing: "antialiased" },
        ":focus-visible": { outline: `2px solid ${tokens.accent}`, outlineOffset: 2 },
        "::selection": { background: tokens.accentSoft },
        "@media (prefers-reduced-motion: reduce)": {
          "*, *::before, *::after": {
            animationDuration: "0.01ms !important",
            animationIterationCount: "1 !important",
            transitionDuration: "0.01ms !important",
            scrollBehavior: "auto !important",
          },
        },
      },
    },
    MuiButtonBase: {
      defaultProps: { disableRipple: true },
      styleOverrides: {
        root: { fontFamily: family, "&.Mui-focusVisible": { outline: `2px solid ${tokens.accent}`, outlineOffset: 2 } },
      },
    },
    MuiButton: {
      defaultProps: { disableElevation: true, size: "small", variant: "outlined", color: "inherit" },
      styleOverrides: {
        root: {
          minHeight: 32,
          padding: "4px 12px",
          fontSize: 14,
          lineHeight: "20px",
          transition: `background-color ${motion}, border-color ${motion}`,
        },
        text: { color: tokens.muted, "&:hover": { color: tokens.text, backgroundColor: tokens.hover } },
        outlined: { borderColor: tokens.edge, "&:hover": { backgroundColor: tokens.hover } },
      },
    },
    MuiIconButton: { styleOverrides: { root: { borderRadius: 8, color: tokens.muted } } },
    MuiPaper: { defaultProps: { elevation: 0 }, styleOverrides: { root: { backgroundImage: "none" } } },
    MuiMenu: { defaultProps: { slotProps: { paper: { elevation: 0 } } }, styleOverrides: {
      paper: { border: `1px solid ${tokens.border}`, background: tokens.raised, boxShadow: "0 8px 24px rgb(0 0 0 / 14%)" },
    } },
    MuiMenuItem: { styleOverrides: { root: { fontSize: 14, minHeight: 36 } } },
    MuiDialog: { styleOverrides: { paper: { border: `1px solid ${tokens.border}`, borderRadius: 12 } } },
    MuiTooltip: {
      defaultProps: { enterDelay: 300, arrow: false },
      styleOverrides: {
        tooltip: { background: tokens.text, color: tokens.page, fontSize: 12, lineHeight: "18px", maxWidth: 320 },
      },
    },
    MuiOutlinedInput: {
      defaultProps: { size: "small" },
      styleOverrides: {
        root: { fontSize: 14, background: tokens.surface },
        notchedOutline: { borderColor: tokens.edge },
      },
    },
    MuiTextField: { defaultProps: { size: "small" } },
    MuiSelect: { defaultProps: { size: "small" } },
    MuiLink: { defaultProps: { underline: "hover" } },
    MuiSkeleton: { defaultProps: { animation: "wave" } },
    MuiCheckbox: { styleOverrides: { root: { padding: 6 } } },
    MuiTableCell: {
      styleOverrides: {
        root: { borderColor: tokens.border, padding: "8px 12px", fontSize: 14 },
        head: { color: tokens.muted, fontSize: 12, lineHeight: "16px", background: tokens.surface },
      },
    },
    MuiToggleButton: {
      styleOverrides: { root: { textTransform: "none", padding: "4px 12px", borderColor: tokens.edge, color: tokens.text } },
    },
  };
}

const made = new Map<ThemeName, Theme>();

/** The theme of that name; made once. */
export function themeNamed(name: ThemeName): Theme {
  const known = made.get(name);
  if (known) return known;
  const tokens = palettes[name];
  const theme = createTheme({
    name,
    tokens,
    spacing: 8,
    shape: { borderRadius: 8 },
    palette: {
      mode: name === "light" ? "light" : "dark",
      primary: { main: tokens.accent, contrastText: tokens.onAccent },
      success: { main: tokens.good },
      warning: { main: tokens.warn },
      error: { main: tokens.bad, contrastText: name === "light" ? "#ffffff" : "#000000" },
      info: { main: tokens.info },
      background: { default: tokens.page, paper: tokens.surface },
      text: { primary: tokens.text, secondary: tokens.muted },
      divider: tokens.border,
      action: { hover: tokens.hover, selected: tokens.accentSoft },
    },
    typography: {
      fontFamily: family,
      fontSize: 14,
      fontWeightMedium: 600,
      fontWeightBold: 600,
      h1: { fontSize: 20, lineHeight: "28px", fontWeight: 600, letterSpacing: "-0.01em" },
      h2: { fontSize: 16, lineHeight: "24px", fontWeight: 600, letterSpacing: "-0.005em" },
      h3: { fontSize: 14, lineHeight: "20px", fontWeight: 600 },
      body1: { fontSize: 14, lineHeight: "22px" },
      body2: { fontSize: 13, lineHeight: "20px" },
      caption: { fontSize: 12, lineHeight: "16px" },
      button: { textTransform: "none", fontWeight: 600, letterSpacing: 0 },
    },
    components: components(tokens),
  });
  made.set(name, theme);
  return theme;
}
