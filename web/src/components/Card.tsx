// A card: one question with its answer, on the surface colour.
import Box from "@mui/material/Box";
import type { SxProps, Theme } from "@mui/material/styles";
import Typography from "@mui/material/Typography";
import { type ReactNode, useId } from "react";

interface CardProps {
  title?: string;
  action?: ReactNode;
  children: ReactNode;
  /** Without inner padding, for tables and lists that reach the edge. */
  flush?: boolean;
  sx?: SxProps<Theme>;
}

export function Card({ title, action, children, flush = false, sx }: CardProps) {
  const id = useId();
  return (
    <Box
      component="section"
      aria-labelledby={title ? id : undefined}
      sx={[
        {
          bgcolor: "background.paper",
          border: 1,
          borderColor: "divider",
          borderRadius: 1.5,
          minWidth: 0,
          display: "flex",
          flexDirection: "column",
          // what reaches the edge keeps to its round corners; clip, unlike hidden, lets heads stick
          overflow: flush ? "clip" : undefined,
        },
        ...(Array.isArray(sx) ? sx : [sx]),
      ]}
    >
      {title ? (
        <Box sx={{ display: "flex", alignItems: "center", gap: 1, minHeight: 32, px: 2.5, pt: 2, pb: flush ? 1.5 : 0 }}>
          <Typography id={id} variant="h2" component="h2" sx={{ flex: 1, fontSize: 14, lineHeight: "20px" }}>
            {title}
          </Typography>
          {action ? <Box sx={{ mr: -1, flexShrink: 0 }}>{action}</Box> : null}
        </Box>
      ) : null}
      <Box sx={flush ? { flex: 1, minWidth: 0 } : { p: 2.5, pt: title ? 1.5 : 2.5, flex: 1, minWidth: 0 }}>{children}</Box>
    </Box>
  );
}
