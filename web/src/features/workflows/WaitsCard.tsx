// The approvals that runs wait for, above everything else, with the buttons that settle them.
import Box from "@mui/material/Box";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Wait } from "@/api/machine";
import { useListWaitsQuery } from "@/api/workflows";
import { mayManage, usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { Hand } from "@/components/icons";
import { polling } from "@/components/polling";
import { WallTime } from "@/components/RelativeTime";
import { useWords } from "@/format/useFormats";
import { SettleButtons } from "./SettleButtons";
import { useRunDeeds } from "./useRunDeeds";

export const isApproval = ({ kind }: Pick<Wait, "kind">) => kind === "approval";

export function WaitsCard() {
  const { t } = useTranslation("workflows");
  const words = useWords();
  const manage = mayManage(usePerson());
  const { data } = useListWaitsQuery(undefined, polling(5));
  const deeds = useRunDeeds();
  const waits = (data?.items ?? []).filter(isApproval);
  return (
    <>
      {waits.length > 0 ? (
        <Card flush title={t("waits.title")} sx={{ mb: 2 }}>
          <Box component="ul" sx={{ listStyle: "none", m: 0, p: 0 }}>
            {waits.map((wait) => (
              <Box
                component="li"
                key={`${wait.run_id} ${wait.step}`}
                sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 2, rowGap: 1, px: 2.5, py: 1.5, borderTop: 1, borderColor: "divider" }}
              >
                <Box sx={{ color: "primary.main", display: { xs: "none", sm: "flex" } }}>
                  <Hand size={18} strokeWidth={1.75} aria-hidden />
                </Box>
                <Box sx={{ flex: "1 1 280px", minWidth: 0 }}>
                  <Box component={Link} to={`/workflows/${encodeURIComponent(wait.run_id)}/steps/${encodeURIComponent(wait.step)}`} sx={{ color: "text.primary", textDecoration: "none", "&:hover": { textDecoration: "underline" } }}>
                    {words(wait.words) || wait.step}
                  </Box>
                  <Box sx={{ fontSize: 13, color: "text.secondary" }}>
                    {`${wait.workflow} · ${wait.step} · `}
                    <WallTime at={wait.since} />
                    {wait.until ? (
                      <>
                        {` · ${t("waits.until")} `}
                        <WallTime at={wait.until} />
                      </>
                    ) : null}
                  </Box>
                </Box>
                {manage ? <SettleButtons wait={{ run_id: wait.run_id, topic: wait.topic, text: words(wait.words) }} name={`${wait.run_id} ${wait.step}`} deeds={deeds} /> : null}
              </Box>
            ))}
          </Box>
        </Card>
      ) : null}
      {deeds.dialog}
    </>
  );
}
