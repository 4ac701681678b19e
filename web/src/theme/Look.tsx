// The look around everything: picks the theme (the system's first, then the person's) and gives styles their nonce.
import createCache from "@emotion/cache";
import { CacheProvider } from "@emotion/react";
import CssBaseline from "@mui/material/CssBaseline";
import { ThemeProvider } from "@mui/material/styles";
import useMediaQuery from "@mui/material/useMediaQuery";
import { type ReactNode, useEffect } from "react";
import { useAppSelector } from "@/app/store";
import type { ThemeName } from "@/preferences/preferences";
import { themeNamed } from "./theme";

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;
const cache = createCache(nonce && nonce !== "__CSP_NONCE__" ? { key: "m", nonce } : { key: "m" });

/** The theme in force, after "system" has been resolved. */
export function useThemeName(): ThemeName {
  const choice = useAppSelector((state) => state.preferences.theme);
  const dark = useMediaQuery("(prefers-color-scheme: dark)", { noSsr: true });
  const more = useMediaQuery("(prefers-contrast: more)", { noSsr: true });
  if (choice !== "system") return choice;
  if (more) return "contrast";
  return dark ? "dark" : "light";
}

export function Look({ children }: { children: ReactNode }) {
  const name = useThemeName();
  const theme = themeNamed(name);
  useEffect(() => {
    document.documentElement.dataset.theme = name;
    document.documentElement.style.colorScheme = theme.palette.mode;
    document.querySelector('meta[name="theme-color"]')?.setAttribute("content", theme.tokens.page);
  }, [name, theme]);
  return (
    <CacheProvider value={cache}>
      <ThemeProvider theme={theme}>
        <CssBaseline />
        {children}
      </ThemeProvider>
    </CacheProvider>
  );
}
