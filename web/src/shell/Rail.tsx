// The left rail: the places with icon and word, the machine's under a heading of their own; it folds to icons.
import Box from "@mui/material/Box";
import ButtonBase from "@mui/material/ButtonBase";
import Tooltip from "@mui/material/Tooltip";
import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import { useAppDispatch, useAppSelector } from "@/app/store";
import { PanelLeftClose, PanelLeftOpen } from "@/components/icons";
import { preferencesChanged } from "@/preferences/preferences";
import { Logo } from "./Logo";
import { businessPlaces, machinePlaces, type Place, settingsPlace } from "./places";
import { WaitingCount } from "./WaitingCount";

export const railWidth = { open: 208, folded: 64 };

const itemStyle = (folded: boolean) => ({
  width: "100%",
  justifyContent: "flex-start",
  gap: 1.5,
  height: 36,
  position: "relative",
  px: folded ? 0 : 1.25,
  ...(folded && { justifyContent: "center" }),
  borderRadius: 1,
  fontSize: 14,
  color: "text.secondary",
  transition: "background-color 150ms, color 150ms",
  "&:hover": { bgcolor: "action.hover", color: "text.primary" },
  "&.active": { bgcolor: "action.selected", color: "primary.main", fontWeight: 600 },
});

function RailItem({ place, folded }: { place: Place; folded: boolean }) {
  const { t } = useTranslation("shell");
  const name = t(`place.${place.key}`);
  const Icon = place.icon;
  const item = (
    <ButtonBase component={NavLink} to={place.path} end={place.path === "/"} sx={itemStyle(folded)} aria-label={folded ? name : undefined}>
      <Icon size={18} strokeWidth={1.75} aria-hidden />
      {folded ? null : <span>{name}</span>}
      <WaitingCount place={place.key} small={folded} />
    </ButtonBase>
  );
  return <li>{folded ? <Tooltip title={name} placement="right">{item}</Tooltip> : item}</li>;
}

interface RailListProps {
  places: readonly Place[];
  folded: boolean;
  labelledBy?: string;
}

function RailList({ places, folded, labelledBy }: RailListProps) {
  return (
    <Box component="ul" aria-labelledby={labelledBy} sx={{ listStyle: "none", p: 0, m: 0, display: "grid", gap: 0.5, alignContent: "start" }}>
      {places.map((place) => (
        <RailItem key={place.key} place={place} folded={folded} />
      ))}
    </Box>
  );
}

export function Rail() {
  const { t } = useTranslation("shell");
  const folded = useAppSelector((state) => state.preferences.railCollapsed);
  const dispatch = useAppDispatch();
  const Fold = folded ? PanelLeftOpen : PanelLeftClose;
  const foldName = folded ? t("rail.open") : t("rail.close");
  const fold = (
    <ButtonBase
      aria-label={foldName}
      aria-expanded={!folded}
      onClick={() => dispatch(preferencesChanged({ railCollapsed: !folded }))}
      sx={itemStyle(folded)}
    >
      <Fold size={18} strokeWidth={1.75} aria-hidden />
      {folded ? null : <span>{foldName}</span>}
    </ButtonBase>
  );
  return (
    <Box
      component="nav"
      aria-label={t("rail.label")}
      sx={{
        display: { xs: "none", md: "flex" },
        flexDirection: "column",
        width: folded ? railWidth.folded : railWidth.open,
        flexShrink: 0,
        position: "sticky",
        top: 0,
        height: "100vh",
        px: 1.5,
        pb: 1.5,
        borderRight: 1,
        borderColor: "divider",
        transition: "width 150ms ease",
      }}
    >
      <Box sx={{ height: 56, display: "flex", alignItems: "center", gap: 1.25, px: folded ? 1 : 1.25, fontWeight: 600, fontSize: 15 }}>
        <Logo size={24} />
        {folded ? null : <span>{t("product")}</span>}
      </Box>
      <Box sx={{ flex: 1, overflowY: "auto", scrollbarWidth: "none", mt: 1, mx: "-2px", px: "2px", display: "flex", flexDirection: "column", gap: 1 }}>
        <RailList places={businessPlaces} folded={folded} />
        <Box>
          <Box
            id="rail-machine"
            sx={{
              px: 1.25,
              mb: 0.5,
              height: folded ? 0 : 28,
              lineHeight: "28px",
              fontSize: 12,
              color: "text.secondary",
              ...(folded && { borderTop: 1, borderColor: "divider", overflow: "hidden", px: 0, mb: 1 }),
            }}
          >
            {t("rail.machine")}
          </Box>
          <RailList places={machinePlaces} folded={folded} labelledBy="rail-machine" />
        </Box>
        <Box sx={{ flex: 1 }} />
        <RailList places={[settingsPlace]} folded={folded} />
      </Box>
      {folded ? <Tooltip title={foldName} placement="right">{fold}</Tooltip> : fold}
    </Box>
  );
}
