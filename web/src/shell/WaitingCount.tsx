// How many things wait for a person at a place: a number beside its word, or a dot where there is no room for one.
import Box from "@mui/material/Box";
import { useTranslation } from "react-i18next";
import type { Place } from "./places";
import { isWaitingPlace, useWaitingAt } from "./useWaiting";

export function Count({ count, label }: { count: number; label: string }) {
  return (
    <Box
      component="span"
      aria-label={label}
      role="img"
      sx={{
        ml: "auto",
        minWidth: 20,
        px: 0.75,
        height: 20,
        lineHeight: "20px",
        borderRadius: 5,
        textAlign: "center",
        fontSize: 12,
        fontWeight: 600,
        fontVariantNumeric: "tabular-nums",
        bgcolor: "primary.main",
        color: "primary.contrastText",
      }}
    >
      {count > 99 ? "99+" : count}
    </Box>
  );
}

export function Dot({ label }: { label: string }) {
  return <Box component="span" role="img" aria-label={label} sx={{ position: "absolute", top: 6, right: 8, width: 8, height: 8, borderRadius: "50%", bgcolor: "primary.main" }} />;
}

export function WaitingCount({ place, small = false }: { place: Place["key"]; small?: boolean }) {
  const { t } = useTranslation("shell");
  const count = useWaitingAt(place);
  if (count === 0 || !isWaitingPlace(place)) return null;
  const label = t(`waiting.${place}`, { count });
  return small ? <Dot label={label} /> : <Count count={count} label={label} />;
}
