// The shell around every page: skip link, rail, top bar, and the place where the page appears.
import Box from "@mui/material/Box";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, ScrollRestoration, useNavigation } from "react-router";
import { useLive } from "@/live/useLive";
import { BottomBar } from "./BottomBar";
import { Rail } from "./Rail";
import { RequireSession } from "./RequireSession";
import { TopBar } from "./TopBar";
import { usePaletteKey } from "./usePaletteKey";

const SearchPalette = lazy(() => import("./SearchPalette"));

function LoadingLine() {
  const busy = useNavigation().state !== "idle";
  return (
    <Box
      aria-hidden
      sx={{
        position: "fixed",
        insetInline: 0,
        top: 0,
        height: 2,
        zIndex: "tooltip",
        bgcolor: "primary.main",
        opacity: busy ? 1 : 0,
        transition: "opacity 150ms",
      }}
    />
  );
}

function Shell() {
  const { t } = useTranslation("shell");
  const [searching, setSearching] = useState(false);
  useLive();
  usePaletteKey(() => setSearching(true));
  return (
    <Box sx={{ display: "flex", minHeight: "100vh" }}>
      <Box
        component="a"
        href="#content"
        sx={{
          position: "absolute",
          left: 8,
          top: -80,
          zIndex: "tooltip",
          p: 1.5,
          bgcolor: "background.paper",
          color: "text.primary",
          borderRadius: 1,
          "&:focus": { top: 8 },
        }}
      >
        {t("skip")}
      </Box>
      <LoadingLine />
      <Rail />
      <Box sx={{ flex: 1, minWidth: 0, display: "flex", flexDirection: "column" }}>
        <TopBar onSearch={() => setSearching(true)} />
        <Box component="main" id="content" tabIndex={-1} sx={{ flex: 1, outline: "none", pb: { xs: 9, md: 4 } }}>
          <Outlet />
        </Box>
      </Box>
      <BottomBar />
      {searching ? (
        <Suspense>
          <SearchPalette onClose={() => setSearching(false)} />
        </Suspense>
      ) : null}
      <ScrollRestoration getKey={({ pathname }) => pathname.split("/").slice(0, 2).join("/")} />
    </Box>
  );
}

export default function AppShell() {
  return (
    <RequireSession>
      <Shell />
    </RequireSession>
  );
}
