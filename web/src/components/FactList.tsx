// A few facts side by side: what each is called, and what it is.
import Box from "@mui/material/Box";
import type { ReactNode } from "react";

export interface Fact {
  label: string;
  value: ReactNode;
}

export const fact = (label: string, value: ReactNode): Fact => ({ label, value });

/** A fact without a value is left out. */
export function FactList({ facts, least = 128 }: { facts: readonly Fact[]; least?: number }) {
  const shown = facts.filter(({ value }) => value !== null && value !== undefined && value !== "");
  return (
    <Box component="dl" sx={{ display: "grid", gridTemplateColumns: `repeat(auto-fit, minmax(${least}px, 1fr))`, gap: 1.5, m: 0 }}>
      {shown.map(({ label, value }) => (
        <Box key={label} sx={{ minWidth: 0 }}>
          <Box component="dt" sx={{ fontSize: 12, lineHeight: "16px", color: "text.secondary" }}>
            {label}
          </Box>
          <Box component="dd" sx={{ m: 0, fontWeight: 600, fontVariantNumeric: "tabular-nums", overflowWrap: "anywhere" }}>
            {value}
          </Box>
        </Box>
      ))}
    </Box>
  );
}
