// The bell: how much waits for a person, and a menu of what it is, each with its page.
import Badge from "@mui/material/Badge";
import Box from "@mui/material/Box";
import IconButton from "@mui/material/IconButton";
import ListItemIcon from "@mui/material/ListItemIcon";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import Tooltip from "@mui/material/Tooltip";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { type NeedKind, needKinds, needPlaces } from "@/api/attention";
import type { Attention, Words } from "@/api/types";
import { Bell as BellIcon, Hand, ListChecks, type LucideIcon, Siren } from "@/components/icons";
import { useWords } from "@/format/useFormats";
import { useAttention } from "./useWaiting";

const shown = 3;

interface Need {
  key: string;
  to: string;
  words: Words | string;
}

const icons: Record<NeedKind, LucideIcon> = { incidents: Siren, approvals: Hand, decisions: ListChecks };

/** The first of each kind, as lines that lead to it. */
function needsOf(attention: Attention, kind: NeedKind): Need[] {
  const needs: Record<NeedKind, Need[]> = {
    incidents: attention.incidents.items.map(({ id, title }) => ({ key: id, to: `/incidents/${encodeURIComponent(id)}`, words: title })),
    approvals: attention.approvals.items.map(({ run_id, step, words }) => ({
      key: `${run_id} ${step}`,
      to: `/workflows/${encodeURIComponent(run_id)}/steps/${encodeURIComponent(step)}`,
      words,
    })),
    decisions: attention.decisions.items.map(({ id, summary }) => ({ key: id, to: `/decisions/${id}`, words: summary })),
  };
  return needs[kind].slice(0, shown);
}

export function Bell() {
  const { t } = useTranslation("shell");
  const words = useWords();
  const id = useId();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const attention = useAttention();
  const close = () => setAnchor(null);
  const total = attention?.total ?? 0;
  const name = !attention ? t("waiting.unknown") : total > 0 ? t("waiting.all", { count: total }) : t("waiting.nothing");
  const lines = attention
    ? needKinds.flatMap((kind) => {
        const Icon = icons[kind];
        const more = attention[kind].count > shown;
        return [
          ...needsOf(attention, kind).map(({ key, to, words: text }) => (
            <MenuItem key={`${kind} ${key}`} component={Link} to={to} onClick={close} sx={{ alignItems: "flex-start", whiteSpace: "normal", py: 1 }}>
              <ListItemIcon sx={{ color: "primary.main", pt: "2px" }}>
                <Icon size={16} strokeWidth={1.75} aria-hidden />
              </ListItemIcon>
              <Box component="span" sx={{ display: "-webkit-box", WebkitLineClamp: 2, WebkitBoxOrient: "vertical", overflow: "hidden" }}>
                {words(text)}
              </Box>
            </MenuItem>
          )),
          more ? (
            <MenuItem key={kind} component={Link} to={needPlaces[kind]} onClick={close} sx={{ color: "primary.main" }}>
              <ListItemIcon />
              {t(`waiting.see.${kind}`, { count: attention[kind].count })}
            </MenuItem>
          ) : null,
        ];
      })
    : [];
  return (
    <>
      <Tooltip title={name}>
        <IconButton
          aria-label={name}
          aria-haspopup="menu"
          aria-expanded={anchor !== null}
          aria-controls={anchor ? id : undefined}
          onClick={(event) => setAnchor(event.currentTarget)}
          sx={{ width: 36, height: 36 }}
        >
          <Badge badgeContent={total} max={99} color="primary" slotProps={{ badge: { "aria-hidden": true, sx: { height: 16, minWidth: 16, px: 0.5, fontSize: 10 } } }}>
            <BellIcon size={18} strokeWidth={1.75} aria-hidden />
          </Badge>
        </IconButton>
      </Tooltip>
      <Menu id={id} anchorEl={anchor} open={anchor !== null} onClose={close} slotProps={{ list: { "aria-label": name }, paper: { sx: { width: 340, maxWidth: "calc(100vw - 24px)" } } }}>
        {total > 0 ? lines : <MenuItem disabled>{name}</MenuItem>}
      </Menu>
    </>
  );
}
