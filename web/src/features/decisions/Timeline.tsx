// What happened to a decision, in order, and who did it.
import Box from "@mui/material/Box";
import { useListAgentsQuery } from "@/api/agents";
import type { TimelineEntry } from "@/api/types";
import { useFormats, useWords } from "@/format/useFormats";

export function Timeline({ entries }: { entries: readonly TimelineEntry[] }) {
  const words = useWords();
  const formats = useFormats();
  const { data: agents } = useListAgentsQuery();
  const who = (actor: string) => {
    const name = actor.replace(/^(agent|person|level):/, "");
    return words(agents?.items.find((agent) => agent.name === name)?.title) || name;
  };
  return (
    <Box component="ol" sx={{ listStyle: "none", m: 0, p: 0 }}>
      {entries.map(({ at, event, actor, words: text }, index) => (
        <Box
          component="li"
          key={`${at} ${event}`}
          sx={(theme) => ({
            position: "relative",
            pl: 3,
            pb: index === entries.length - 1 ? 0 : 2,
            "&::before": { content: '""', position: "absolute", left: 4, top: 7, width: 8, height: 8, borderRadius: "50%", background: theme.tokens.accent },
            "&::after":
              index === entries.length - 1
                ? undefined
                : { content: '""', position: "absolute", left: 7.5, top: 17, bottom: -5, width: "1px", background: theme.tokens.edge },
          })}
        >
          <Box>{words(text)}</Box>
          <Box sx={{ fontSize: 13, color: "text.secondary" }}>
            <time dateTime={at}>{formats.moment(at)}</time> {"·"} {who(actor)}
          </Box>
        </Box>
      ))}
    </Box>
  );
}
