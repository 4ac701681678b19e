// Cards in one column, in the order they are read; on a wide window the side cards stand in a second column.
import Box from "@mui/material/Box";
import { useTheme } from "@mui/material/styles";
import useMediaQuery from "@mui/material/useMediaQuery";
import type { ReactNode } from "react";

export interface Piece {
  key: string;
  /** Stands in the narrow second column where there is room. */
  aside?: boolean;
  content: ReactNode;
}

/** The tab order is the order seen: one list on a narrow window, two on a wide one. */
export function Columns({ pieces, busy }: { pieces: readonly Piece[]; busy?: boolean }) {
  const wide = useMediaQuery(useTheme().breakpoints.up("lg"), { noSsr: true });
  const column = (of: readonly Piece[]) => (
    <Box sx={{ display: "grid", gap: 2, minWidth: 0, gridTemplateColumns: "minmax(0, 1fr)" }}>
      {of.map(({ key, content }) => (
        <Box key={key} sx={{ minWidth: 0 }}>
          {content}
        </Box>
      ))}
    </Box>
  );
  return (
    <Box aria-busy={busy} sx={{ display: "grid", gap: 2, alignItems: "start", gridTemplateColumns: { xs: "minmax(0, 1fr)", lg: "minmax(0, 2fr) minmax(320px, 1fr)" } }}>
      {wide ? column(pieces.filter(({ aside }) => !aside)) : column(pieces)}
      {wide ? column(pieces.filter(({ aside }) => aside)) : null}
    </Box>
  );
}
