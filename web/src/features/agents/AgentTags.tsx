// The state of an agent in tags: its level or that it is stopped, and what a person set.
import { useTranslation } from "react-i18next";
import Box from "@mui/material/Box";
import type { AgentSummary } from "@/api/types";
import { Lock, OctagonX, Pin, TriangleAlert } from "@/components/icons";
import { LevelTag, Tag } from "@/components/Tag";

/** States of the running machinery that deserve a word; the others are its ordinary course. */
const broken = ["failed", "quarantined"] as const;
const isBroken = (state: string): state is (typeof broken)[number] => broken.some((known) => known === state);

export function AgentTags({ agent }: { agent: AgentSummary }) {
  const { t } = useTranslation(["agents", "words"]);
  return (
    <Box component="span" sx={{ display: "inline-flex", flexWrap: "wrap", gap: 0.75 }}>
      {agent.stopped ? (
        <Tag tone="bad" icon={OctagonX}>
          {t("stopped")}
        </Tag>
      ) : null}
      <LevelTag level={agent.level} />
      {agent.pinned ? (
        <Tag icon={Pin} hint={t("pinnedDetail")}>
          {t("pinned")}
        </Tag>
      ) : null}
      {agent.cap === "full" ? null : (
        <Tag icon={Lock} hint={t("cappedDetail")}>
          {t("capped", { level: t(`words:level.${agent.cap}`) })}
        </Tag>
      )}
      {isBroken(agent.state) ? (
        <Tag tone="bad" icon={TriangleAlert}>
          {t(`state.${agent.state}`)}
        </Tag>
      ) : null}
    </Box>
  );
}
