// A search field that tells what was typed a moment after the typing stops.
import IconButton from "@mui/material/IconButton";
import InputAdornment from "@mui/material/InputAdornment";
import OutlinedInput from "@mui/material/OutlinedInput";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Search, X } from "./icons";

const pause = 250;

export function SearchField({ label, value, onSearch }: { label: string; value: string; onSearch: (text: string) => void }) {
  const { t } = useTranslation("words");
  const [typed, setTyped] = useState<string | null>(null);
  useEffect(() => {
    if (typed === null) return;
    const timer = setTimeout(() => {
      onSearch(typed.trim());
      setTyped(null);
    }, pause);
    return () => clearTimeout(timer);
  }, [typed, onSearch]);
  const text = typed ?? value;
  return (
    <OutlinedInput
      value={text}
      onChange={(event) => setTyped(event.target.value)}
      placeholder={label}
      sx={{ height: 36, width: { xs: "100%", sm: 260 } }}
      inputProps={{ "aria-label": label, type: "text", role: "searchbox" }}
      startAdornment={
        <InputAdornment position="start">
          <Search size={16} aria-hidden />
        </InputAdornment>
      }
      endAdornment={
        text ? (
          <IconButton size="small" edge="end" aria-label={t("action.clearSearch")} onClick={() => setTyped("")}>
            <X size={14} aria-hidden />
          </IconButton>
        ) : null
      }
    />
  );
}
