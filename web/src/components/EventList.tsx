// What happened, in order: a line of points, each with its words and its moment.
import Box from "@mui/material/Box";
import type { ReactNode } from "react";
import type { Tone } from "./Tag";

export interface EventItem {
  key: string;
  text: ReactNode;
  detail: ReactNode;
  tone?: Tone;
}

export function EventList({ items }: { items: readonly EventItem[] }) {
  return (
    <Box component="ol" sx={{ listStyle: "none", m: 0, p: 0 }}>
      {items.map(({ key, text, detail, tone = "accent" }, index) => (
        <Box
          component="li"
          key={key}
          sx={({ tokens }) => ({
            position: "relative",
            pl: 3,
            pb: index === items.length - 1 ? 0 : 2,
            "&::before": { content: '""', position: "absolute", left: 4, top: 7, width: 8, height: 8, borderRadius: "50%", background: tone === "neutral" ? tokens.baseline : tokens[tone] },
            "&::after":
              index === items.length - 1
                ? undefined
                : { content: '""', position: "absolute", left: 7.5, top: 17, bottom: -5, width: "1px", background: tokens.edge },
          })}
        >
          <Box>{text}</Box>
          <Box sx={{ fontSize: 13, color: "text.secondary" }}>{detail}</Box>
        </Box>
      ))}
    </Box>
  );
}
