// Saved views: filters kept under a name, to come back to.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import Popover from "@mui/material/Popover";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useAppDispatch, useAppSelector } from "@/app/store";
import { Bookmark, X } from "@/components/icons";
import { preferencesChanged } from "@/preferences/preferences";

function queryOf(search: URLSearchParams): string {
  const kept = new URLSearchParams(search);
  kept.delete("at");
  return kept.toString();
}

export function SavedViews({ query, canSave }: { query: URLSearchParams; canSave: boolean }) {
  const { t } = useTranslation(["decisions", "words"]);
  const views = useAppSelector((state) => state.preferences.views);
  const dispatch = useAppDispatch();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const close = () => setAnchor(null);
  const keep = (next: typeof views) => dispatch(preferencesChanged({ views: next }));
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name") ?? "").trim();
    if (!name) return;
    keep([...views.filter((view) => view.name !== name), { name, query: queryOf(query) }]);
    close();
  };
  return (
    <>
      <Button
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        startIcon={<Bookmark size={15} aria-hidden />}
        onClick={(event) => setAnchor(event.currentTarget)}
        sx={{ minHeight: 36 }}
      >
        {t("views.label")}
      </Button>
      <Popover
        open={anchor !== null}
        anchorEl={anchor}
        onClose={close}
        anchorOrigin={{ vertical: "bottom", horizontal: "right" }}
        transformOrigin={{ vertical: "top", horizontal: "right" }}
        slotProps={{ paper: { role: "dialog", "aria-label": t("views.label"), sx: { width: 300, mt: 0.5, border: 1, borderColor: "divider" } } }}
      >
        <Box component="ul" sx={{ listStyle: "none", m: 0, p: 1 }}>
          {views.map(({ name, query: kept }) => (
            <Box component="li" key={name} sx={{ display: "flex", alignItems: "center" }}>
              <Button variant="text" component={Link} to={`/decisions?${kept}`} onClick={close} sx={{ flex: 1, justifyContent: "flex-start", color: "text.primary" }}>
                {name}
              </Button>
              <IconButton size="small" aria-label={t("views.remove", { name })} onClick={() => keep(views.filter((view) => view.name !== name))}>
                <X size={14} aria-hidden />
              </IconButton>
            </Box>
          ))}
          {views.length === 0 ? (
            <Typography component="li" variant="body2" sx={{ color: "text.secondary", p: 1 }}>
              {t("views.empty")}
            </Typography>
          ) : null}
        </Box>
        {canSave ? (
          <Box component="form" onSubmit={save} sx={{ display: "grid", gap: 1, p: 2, borderTop: 1, borderColor: "divider" }}>
            <TextField name="name" label={t("views.name")} required slotProps={{ htmlInput: { maxLength: 40 } }} />
            <Button type="submit" variant="contained" color="primary">
              {t("views.save")}
            </Button>
          </Box>
        ) : null}
      </Popover>
    </>
  );
}
