// What happened to a decision, in order, and who did it.
import { useListAgentsQuery } from "@/api/agents";
import type { TimelineEntry } from "@/api/types";
import { EventList } from "@/components/EventList";
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
    <EventList
      items={entries.map(({ at, event, actor, words: text }) => ({
        key: `${at} ${event}`,
        text: words(text),
        detail: (
          <>
            <time dateTime={at}>{formats.moment(at)}</time> {"·"} {who(actor)}
          </>
        ),
      }))}
    />
  );
}
