// A side panel: the detail of a row over its list, with an address of its own; on a phone it fills the screen.
import Box from "@mui/material/Box";
import Drawer from "@mui/material/Drawer";
import IconButton from "@mui/material/IconButton";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { X } from "./icons";

interface SidePanelProps {
  /** Names the panel for those who cannot see it, and stands in its bar. */
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
  /** What stays in sight at the bottom: the buttons that decide. */
  footer?: ReactNode;
}

export function SidePanel({ title, onClose, children, footer }: SidePanelProps) {
  const { t } = useTranslation("words");
  const id = useId();
  return (
    <Drawer
      open
      anchor="right"
      onClose={onClose}
      slotProps={{
        paper: {
          role: "dialog",
          "aria-modal": true,
          "aria-labelledby": id,
          sx: { width: { xs: "100%", sm: 600, lg: 680 }, borderLeft: 1, borderColor: "divider" },
        },
        backdrop: { sx: { backgroundColor: "rgb(0 0 0 / 32%)" } },
      }}
    >
      <Box sx={{ display: "flex", alignItems: "center", gap: 1, height: 56, flexShrink: 0, px: { xs: 2, sm: 3 }, borderBottom: 1, borderColor: "divider" }}>
        <Box id={id} sx={{ flex: 1, minWidth: 0, fontWeight: 600 }}>
          {title}
        </Box>
        <IconButton aria-label={t("action.close")} onClick={onClose} edge="end">
          <X size={18} aria-hidden />
        </IconButton>
      </Box>
      <Box sx={{ flex: 1, overflowY: "auto", px: { xs: 2, sm: 3 }, py: 2.5 }}>{children}</Box>
      {footer ? (
        <Box sx={{ flexShrink: 0, px: { xs: 2, sm: 3 }, py: 1.5, borderTop: 1, borderColor: "divider", bgcolor: "background.paper" }}>{footer}</Box>
      ) : null}
    </Drawer>
  );
}
