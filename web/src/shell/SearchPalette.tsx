// The search: decisions, products, places and commands in one list, driven by the keyboard.
import Box from "@mui/material/Box";
import Dialog from "@mui/material/Dialog";
import InputBase from "@mui/material/InputBase";
import Typography from "@mui/material/Typography";
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Search } from "@/components/icons";
import { type Found, useFound } from "./useFound";

interface OptionProps {
  found: Found;
  id: string;
  active: boolean;
  onPick: () => void;
  onPoint: () => void;
}

function Option({ found, id, active, onPick, onPoint }: OptionProps) {
  const Icon = found.icon;
  return (
    <Box
      role="option"
      id={id}
      aria-selected={active}
      onClick={onPick}
      onMouseMove={onPoint}
      sx={{
        display: "flex",
        alignItems: "center",
        gap: 1.5,
        px: 1.5,
        py: 1,
        borderRadius: 1,
        cursor: "pointer",
        bgcolor: active ? "action.selected" : undefined,
      }}
    >
      <Box sx={{ color: "text.secondary", display: "flex" }}>
        <Icon size={16} strokeWidth={1.75} aria-hidden />
      </Box>
      <Box sx={{ minWidth: 0, flex: 1, overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }}>{found.text}</Box>
      {found.note ? (
        <Typography component="span" variant="caption" sx={{ color: "text.secondary", whiteSpace: "nowrap" }}>
          {found.note}
        </Typography>
      ) : null}
    </Box>
  );
}

export default function SearchPalette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("shell");
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const asked = useDeferredValue(text.trim());
  const { groups, busy } = useFound(asked);
  const all = groups.flatMap(({ items }) => items);
  const active = Math.min(at, all.length - 1);

  useEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView?.({ block: "nearest" });
  }, [active, id]);

  const pick = (found: Found | undefined) => {
    if (!found) return;
    onClose();
    found.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && all.length) setAt((active + step + all.length) % all.length);
    else if (event.key === "Enter") pick(all[active]);
    else return;
    event.preventDefault();
  };

  return (
    <Dialog
      open
      onClose={onClose}
      fullWidth
      maxWidth="sm"
      aria-labelledby={`${id}-title`}
      sx={{ "& .MuiDialog-container": { alignItems: "flex-start" } }}
      slotProps={{ paper: { sx: { mt: { xs: 2, md: 10 } } } }}
    >
      <Box component="h2" id={`${id}-title`} sx={{ position: "absolute", width: "1px", height: "1px", overflow: "hidden", clipPath: "inset(50%)" }}>
        {t("search.open")}
      </Box>
      <Box sx={{ display: "flex", alignItems: "center", gap: 1.5, px: 2.5, borderBottom: 1, borderColor: "divider" }}>
        <Search size={18} strokeWidth={1.75} aria-hidden />
        <InputBase
          autoFocus
          fullWidth
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          placeholder={t("search.placeholder")}
          sx={{ height: 52, fontSize: 15 }}
          slotProps={{
            input: {
              role: "combobox",
              "aria-label": t("search.open"),
              "aria-expanded": true,
              "aria-controls": id,
              "aria-autocomplete": "list",
              "aria-activedescendant": all.length ? `${id}-${active}` : undefined,
            },
          }}
        />
      </Box>
      <Box id={id} role="listbox" aria-label={t("search.results")} aria-busy={busy} sx={{ p: 1, height: 380, overflowY: "auto" }}>
        {groups.map((group) => (
          <Box key={group.name} role="group" aria-label={group.name} sx={{ mb: 1 }}>
            <Typography aria-hidden variant="caption" component="div" sx={{ color: "text.secondary", px: 1.5, py: 0.75 }}>
              {group.name}
            </Typography>
            {group.items.map((found) => {
              const mine = all.indexOf(found);
              return (
                <Option
                  key={found.key}
                  id={`${id}-${mine}`}
                  found={found}
                  active={mine === active}
                  onPick={() => pick(found)}
                  onPoint={() => setAt(mine)}
                />
              );
            })}
          </Box>
        ))}
      </Box>
      <Typography role="status" variant="caption" sx={{ px: 2.5, py: 1, color: "text.secondary", borderTop: 1, borderColor: "divider" }}>
        {all.length ? t("search.keys") : t("search.nothing", { text: asked })}
      </Typography>
    </Dialog>
  );
}
