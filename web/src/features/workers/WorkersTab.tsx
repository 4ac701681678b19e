// The workers: a shortage foreseen, the load of the last hour, how work is spread, and each worker's state.
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Skeleton from "@mui/material/Skeleton";
import { useTranslation } from "react-i18next";
import { useListWorkersQuery } from "@/api/workers";
import { Card } from "@/components/Card";
import { TriangleAlert } from "@/components/icons";
import { ErrorState } from "@/components/Notice";
import { polling } from "@/components/polling";
import { useFormats, useWords } from "@/format/useFormats";
import { BalancingChoice } from "./BalancingChoice";
import { HeatCard } from "./HeatCard";
import { WorkersTable } from "./WorkersTable";

export function WorkersTab() {
  const { t } = useTranslation("workers");
  const words = useWords();
  const formats = useFormats();
  const { data: pool, error, refetch } = useListWorkersQuery(undefined, polling(4));
  if (error && !pool)
    return (
      <Card>
        <ErrorState error={error} retry={refetch} />
      </Card>
    );
  if (!pool)
    return (
      <Box aria-busy sx={{ display: "grid", gap: 2 }}>
        <Skeleton variant="rounded" height={360} />
        <Skeleton variant="rounded" height={420} />
      </Box>
    );
  return (
    <>
      {pool.shortage ? (
        <Alert severity="warning" variant="outlined" icon={<TriangleAlert size={18} aria-hidden />} sx={{ mb: 2, bgcolor: "background.paper" }}>
          {words(pool.shortage.words)}
        </Alert>
      ) : null}
      {pool.trouble || pool.emptied ? (
        <Alert severity={pool.trouble ? "warning" : "info"} variant="outlined" icon={<TriangleAlert size={18} aria-hidden />} sx={{ mb: 2, bgcolor: "background.paper" }}>
          {pool.trouble ? <Box>{words(pool.trouble)}</Box> : null}
          {t("without", { duration: formats.duration(pool.patience_s) })}
        </Alert>
      ) : null}
      <HeatCard heat={pool.heat} />
      <Card flush title={t("tab.workers")} action={<BalancingChoice balancing={pool.balancing} />}>
        <WorkersTable pool={pool} />
      </Card>
    </>
  );
}
