// The bar at the bottom of a phone: the four places of the business, and a menu with all others.
import Box from "@mui/material/Box";
import ButtonBase from "@mui/material/ButtonBase";
import ListItemIcon from "@mui/material/ListItemIcon";
import ListSubheader from "@mui/material/ListSubheader";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, NavLink, useLocation } from "react-router";
import { Ellipsis } from "@/components/icons";
import { businessPlaces, machinePlaces, type Place, settingsPlace } from "./places";
import { useWaitingAt } from "./useWaiting";
import { Dot, WaitingCount } from "./WaitingCount";

const itemStyle = {
  width: "100%",
  height: 56,
  flexDirection: "column",
  gap: 0.25,
  fontSize: 11,
  color: "text.secondary",
  position: "relative",
  "&.active": { color: "primary.main", fontWeight: 600 },
} as const;

function More() {
  const { t } = useTranslation("shell");
  const { pathname } = useLocation();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const close = () => setAnchor(null);
  const item = ({ key, path, icon: Icon }: Place) => (
    <MenuItem key={key} component={Link} to={path} onClick={close} selected={pathname.startsWith(path)}>
      <ListItemIcon sx={{ color: "inherit" }}>
        <Icon size={18} strokeWidth={1.75} aria-hidden />
      </ListItemIcon>
      <span>{t(`place.${key}`)}</span>
      <WaitingCount place={key} />
    </MenuItem>
  );
  const waiting = useWaitingAt("workflows") + useWaitingAt("incidents");
  const inside = [...machinePlaces, settingsPlace].some(({ path }) => pathname.startsWith(path));
  return (
    <>
      <ButtonBase
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        className={inside ? "active" : undefined}
        onClick={(event) => setAnchor(event.currentTarget)}
        sx={itemStyle}
      >
        <Ellipsis size={20} strokeWidth={1.75} aria-hidden />
        <span>{t("rail.more")}</span>
        {waiting > 0 ? <Dot label={t("waiting.all", { count: waiting })} /> : null}
      </ButtonBase>
      <Menu
        open={anchor !== null}
        anchorEl={anchor}
        onClose={close}
        anchorOrigin={{ vertical: "top", horizontal: "right" }}
        transformOrigin={{ vertical: "bottom", horizontal: "right" }}
        slotProps={{ list: { "aria-label": t("rail.more") }, paper: { sx: { minWidth: 200 } } }}
      >
        <ListSubheader role="presentation" sx={{ lineHeight: "32px", fontSize: 12, bgcolor: "transparent" }}>
          {t("rail.machine")}
        </ListSubheader>
        {machinePlaces.map(item)}
        {item(settingsPlace)}
      </Menu>
    </>
  );
}

export function BottomBar() {
  const { t } = useTranslation("shell");
  return (
    <Box
      component="nav"
      aria-label={t("rail.label")}
      sx={{
        display: { xs: "block", md: "none" },
        position: "fixed",
        insetInline: 0,
        bottom: 0,
        zIndex: "appBar",
        bgcolor: "background.paper",
        borderTop: 1,
        borderColor: "divider",
        pb: "env(safe-area-inset-bottom)",
      }}
    >
      <Box component="ul" sx={{ display: "grid", gridTemplateColumns: "repeat(5, 1fr)", listStyle: "none", m: 0, p: 0 }}>
        {businessPlaces.map(({ key, path, icon: Icon }) => (
          <li key={key}>
            <ButtonBase component={NavLink} to={path} end={path === "/"} sx={itemStyle}>
              <Icon size={20} strokeWidth={1.75} aria-hidden />
              <span>{t(`place.${key}`)}</span>
              <Box sx={{ position: "absolute", top: 4, left: "calc(50% + 6px)", transform: "scale(.8)" }}>
                <WaitingCount place={key} />
              </Box>
            </ButtonBase>
          </li>
        ))}
        <li>
          <More />
        </li>
      </Box>
    </Box>
  );
}
