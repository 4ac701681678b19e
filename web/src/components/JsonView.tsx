// A value as JSON, to read and to copy; a long one scrolls in its place.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useTranslation } from "react-i18next";
import { Copy } from "./icons";
import { useToast } from "./Toasts";

/** Longer texts are cut for the eye; a copy holds everything. */
const longest = 20_000;

export function JsonView({ label, value }: { label: string; value: unknown }) {
  const { t } = useTranslation("words");
  const say = useToast();
  const text = JSON.stringify(value, null, 2) ?? "null";
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say(t("json.copied"));
    } catch {
      say(t("json.notCopied"), "error");
    }
  };
  return (
    <Box sx={{ border: 1, borderColor: "divider", borderRadius: 1, minWidth: 0 }}>
      <Box sx={{ display: "flex", alignItems: "center", pl: 1.5, pr: 0.5, minHeight: 36, borderBottom: 1, borderColor: "divider" }}>
        <Box sx={{ flex: 1, fontSize: 13, fontWeight: 600 }}>{label}</Box>
        <Button variant="text" startIcon={<Copy size={14} aria-hidden />} aria-label={t("json.copy", { name: label })} onClick={() => void copy()} sx={{ minHeight: 28 }}>
          {t("action.copy")}
        </Button>
      </Box>
      <Box
        component="pre"
        role="region"
        aria-label={label}
        tabIndex={0}
        sx={{ m: 0, px: 1.5, py: 1, maxHeight: 280, overflow: "auto", fontSize: 12, lineHeight: "18px", fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace", whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}
      >
        {text.length > longest ? `${text.slice(0, longest)} …` : text}
      </Box>
    </Box>
  );
}
