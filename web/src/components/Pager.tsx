// Steps through a long list page by page; the place in the list is part of the address.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { ChevronLeft, ChevronRight } from "./icons";

const separator = "~";

/** The cursors passed so far, kept in the address, so that going back needs no memory. */
export function useCursor() {
  const [search, setSearch] = useSearchParams();
  const trail = search.get("at")?.split(separator).filter(Boolean) ?? [];
  const go = (next: string[]) =>
    setSearch((old) => {
      const fresh = new URLSearchParams(old);
      if (next.length) fresh.set("at", next.join(separator));
      else fresh.delete("at");
      return fresh;
    });
  return {
    cursor: trail.at(-1),
    page: trail.length,
    forward: (cursor: string) => go([...trail, cursor]),
    back: () => go(trail.slice(0, -1)),
  };
}

interface PagerProps {
  place: ReturnType<typeof useCursor>;
  pageSize: number;
  count: number;
  total: number;
  next: string | null;
}

export function Pager({ place, pageSize, count, total, next }: PagerProps) {
  const { t } = useTranslation("words");
  const from = place.page * pageSize + 1;
  return (
    <Box component="nav" aria-label={t("table.pages")} sx={{ display: "flex", alignItems: "center", justifyContent: "flex-end", gap: 1, px: 2, py: 1.25 }}>
      <Box role="status" sx={{ flex: 1, color: "text.secondary", fontSize: 13, fontVariantNumeric: "tabular-nums" }}>
        {t("table.range", { from, to: from + count - 1, total })}
      </Box>
      <Button startIcon={<ChevronLeft size={16} aria-hidden />} disabled={place.page === 0} onClick={place.back}>
        {t("action.previous")}
      </Button>
      <Button endIcon={<ChevronRight size={16} aria-hidden />} disabled={!next} onClick={() => next && place.forward(next)}>
        {t("action.next")}
      </Button>
    </Box>
  );
}
