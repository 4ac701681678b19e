// A part of the settings: its name, what it is for, its fields, and at its foot the buttons that save.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import type { FormEventHandler, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Card } from "@/components/Card";

export function Group({ title, detail, children }: { title: string; detail?: string; children: ReactNode }) {
  return (
    <Box
      component="fieldset"
      sx={{
        border: 0,
        m: 0,
        p: 0,
        minWidth: 0,
        display: "grid",
        gap: { xs: 2, md: 4 },
        gridTemplateColumns: { xs: "minmax(0, 1fr)", md: "minmax(160px, 240px) minmax(0, 1fr)" },
        "& + &": { borderTop: 1, borderColor: "divider", pt: 3, mt: 3 },
      }}
    >
      <Box>
        <Typography component="legend" variant="h3" sx={{ p: 0, float: "left", width: "100%" }}>
          {title}
        </Typography>
        {detail ? (
          <Typography variant="body2" sx={{ color: "text.secondary", wordBreak: "keep-all" }}>
            {detail}
          </Typography>
        ) : null}
      </Box>
      <Box sx={{ display: "grid", gap: 2.5, maxWidth: 520, minWidth: 0 }}>{children}</Box>
    </Box>
  );
}

interface FormSectionProps {
  title: string;
  children: ReactNode;
  /** Whether anything was changed; the buttons wait for it. */
  dirty: boolean;
  busy: boolean;
  onSubmit: FormEventHandler;
  onDiscard: () => void;
  /** People who may only read see no buttons. */
  readOnly?: boolean;
}

export function FormSection({ title, children, dirty, busy, onSubmit, onDiscard, readOnly = false }: FormSectionProps) {
  const { t } = useTranslation(["settings", "words"]);
  return (
    <Card title={title}>
      <Box component="form" noValidate onSubmit={onSubmit}>
        {children}
        {readOnly ? (
          <Typography variant="body2" sx={{ color: "text.secondary", mt: 3 }}>
            {t("readOnly")}
          </Typography>
        ) : (
          <Box sx={{ display: "flex", justifyContent: "flex-end", gap: 1, mt: 3, pt: 2, borderTop: 1, borderColor: "divider" }}>
            <Button onClick={onDiscard} disabled={!dirty || busy}>
              {t("discard")}
            </Button>
            <Button type="submit" variant="contained" color="primary" disabled={!dirty} loading={busy}>
              {t("words:action.save")}
            </Button>
          </Box>
        )}
      </Box>
    </Card>
  );
}
