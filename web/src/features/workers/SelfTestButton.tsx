// The self-test: the machine tries its own parts, and says of each whether it works.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import CircularProgress from "@mui/material/CircularProgress";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SelfTest } from "@/api/machine";
import { useSelfTestMutation } from "@/api/workers";
import { CircleAlert, CircleCheck, Stethoscope } from "@/components/icons";
import { ErrorState } from "@/components/Notice";
import { useFormats, useWords } from "@/format/useFormats";

/** The name of a check in the reader's language; as the server gives it where this page does not know it. */
function useCheckName(): (name: string) => string {
  const { t, i18n } = useTranslation("workers");
  return (name) => (i18n.exists(`selfTest.check.${name}`, { ns: "workers" }) ? t(`selfTest.check.${name as "database"}`) : name);
}

function Results({ test }: { test: SelfTest }) {
  const { t } = useTranslation("workers");
  const formats = useFormats();
  const words = useWords();
  const checkName = useCheckName();
  const failed = test.checks.filter(({ ok }) => !ok).length;
  return (
    <>
      <Box role="status" sx={{ fontWeight: 600, mb: 1 }}>
        {failed ? t("selfTest.failed", { count: failed }) : t("selfTest.passed", { count: test.checks.length })}
      </Box>
      <Box component="ul" sx={{ listStyle: "none", m: 0, p: 0 }}>
        {test.checks.map(({ name, ok, seconds, words: text }) => (
          <Box component="li" key={name} sx={{ display: "flex", gap: 1.25, py: 1, borderTop: 1, borderColor: "divider", alignItems: "flex-start" }}>
            <Box role="img" aria-label={t(ok ? "selfTest.ok" : "selfTest.notOk")} sx={{ color: ok ? "success.main" : "error.main", display: "flex", pt: "3px" }}>
              {ok ? <CircleCheck size={16} aria-hidden /> : <CircleAlert size={16} aria-hidden />}
            </Box>
            <Box sx={{ flex: 1, minWidth: 0 }}>
              <Box sx={{ fontWeight: 600 }}>{checkName(name)}</Box>
              <Box sx={{ fontSize: 13, color: "text.secondary" }}>{words(text)}</Box>
            </Box>
            <Box sx={{ fontSize: 12, color: "text.secondary", fontVariantNumeric: "tabular-nums" }}>{formats.duration(seconds)}</Box>
          </Box>
        ))}
      </Box>
    </>
  );
}

export function SelfTestButton() {
  const { t } = useTranslation(["workers", "words"]);
  const id = useId();
  const [open, setOpen] = useState(false);
  const [run, { data, error, isLoading, reset }] = useSelfTestMutation();
  const start = () => {
    setOpen(true);
    void run();
  };
  const close = () => {
    setOpen(false);
    reset();
  };
  return (
    <>
      <Button aria-haspopup="dialog" startIcon={<Stethoscope size={15} aria-hidden />} onClick={start}>
        {t("selfTest.button")}
      </Button>
      {open ? (
        <Dialog open onClose={close} fullWidth maxWidth="sm" aria-labelledby={id}>
          <DialogTitle id={id} variant="h2">
            {t("selfTest.title")}
          </DialogTitle>
          <DialogContent sx={{ minHeight: 200 }}>
            {isLoading ? (
              <Box role="status" sx={{ display: "flex", gap: 1.5, alignItems: "center", py: 4, justifyContent: "center", color: "text.secondary" }}>
                <CircularProgress size={18} aria-label={t("selfTest.running")} />
                {t("selfTest.running")}
              </Box>
            ) : error ? (
              <ErrorState error={error} retry={() => void run()} compact />
            ) : data ? (
              <Results test={data} />
            ) : null}
          </DialogContent>
          <DialogActions sx={{ px: 3, pb: 2 }}>
            <Button disabled={isLoading} onClick={() => void run()}>
              {t("selfTest.again")}
            </Button>
            <Button variant="contained" color="primary" onClick={close}>
              {t("words:action.close")}
            </Button>
          </DialogActions>
        </Dialog>
      ) : null}
    </>
  );
}
