// The top bar: search, the shop's clock, live state, what waits, language, theme and the person.
import Box from "@mui/material/Box";
import ButtonBase from "@mui/material/ButtonBase";
import { useTranslation } from "react-i18next";
import { Search } from "@/components/icons";
import { Bell } from "./Bell";
import { ClockChip } from "./ClockChip";
import { LiveChip } from "./LiveChip";
import { LanguageMenu, ThemeMenu } from "./LookMenus";
import { PersonMenu } from "./PersonMenu";

/** Out of sight on a phone, yet still the name of the button for those who hear it. */
const hiddenOnPhone = {
  position: { xs: "absolute", sm: "static" },
  width: { xs: "1px", sm: "auto" },
  height: { xs: "1px", sm: "auto" },
  clipPath: { xs: "inset(50%)", sm: "none" },
};

function SearchButton({ onSearch }: { onSearch: () => void }) {
  const { t } = useTranslation("shell");
  return (
    <ButtonBase
      onClick={onSearch}
      aria-keyshortcuts="Control+K Meta+K /"
      sx={(theme) => ({
        height: 36,
        width: { xs: 36, sm: 280, lg: 360 },
        px: { xs: 0, sm: 1.25 },
        justifyContent: { xs: "center", sm: "flex-start" },
        gap: 1,
        borderRadius: 1,
        border: { xs: 0, sm: `1px solid ${theme.tokens.border}` },
        bgcolor: { sm: "background.paper" },
        color: "text.secondary",
        fontSize: 14,
        "&:hover": { bgcolor: "action.hover" },
      })}
    >
      <Search size={18} strokeWidth={1.75} aria-hidden />
      <Box component="span" sx={{ ...hiddenOnPhone, flex: 1, minWidth: 0, textAlign: "left", overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }}>
        {t("search.hint")}
      </Box>
      <Box
        component="kbd"
        aria-hidden
        sx={(theme) => ({
          display: { xs: "none", sm: "inline" },
          fontFamily: "inherit",
          fontSize: 12,
          px: 0.75,
          borderRadius: 0.5,
          border: `1px solid ${theme.tokens.border}`,
        })}
      >
        {t("search.key")}
      </Box>
    </ButtonBase>
  );
}

export function TopBar({ onSearch }: { onSearch: () => void }) {
  return (
    <Box
      component="header"
      sx={{
        position: "sticky",
        top: 0,
        zIndex: "appBar",
        height: 56,
        display: "flex",
        alignItems: "center",
        gap: { xs: 0.5, md: 1 },
        px: { xs: 1.5, md: 4 },
        bgcolor: "background.default",
        borderBottom: 1,
        borderColor: "divider",
      }}
    >
      <SearchButton onSearch={onSearch} />
      <Box sx={{ flex: 1 }} />
      <ClockChip />
      <LiveChip />
      <Bell />
      <Box sx={{ display: { xs: "none", md: "flex" }, gap: 0.5 }}>
        <LanguageMenu />
        <ThemeMenu />
      </Box>
      <PersonMenu />
    </Box>
  );
}
