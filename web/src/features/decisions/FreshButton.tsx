// Says how many decisions arrived since the list was read, and shows them when asked: the list never jumps by itself.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useTranslation } from "react-i18next";
import type { DecisionSummary, Page, Status } from "@/api/types";
import { RefreshCw } from "@/components/icons";
import { useFreshCount } from "@/live/freshDecisions";
import { groups, type useDecisionFilter } from "./useDecisionFilter";

interface FreshButtonProps {
  page: Page<DecisionSummary> | undefined;
  state: ReturnType<typeof useDecisionFilter>;
  /** The reader is further down the list, where new ones would not show. */
  paged: boolean;
  onShow: () => void;
}

export function FreshButton({ page, state, paged, onShow }: FreshButtonProps) {
  const { t } = useTranslation("decisions");
  const newest = page ? (page.items[0]?.created_at ?? "") : null;
  const follows = newest !== null && !paged && !state.text && state.sort === "-created_at";
  const wanted: readonly Status[] = groups[state.group];
  const count = useFreshCount(
    ({ created_at: at, status, agent }) =>
      follows && at > newest && (wanted.length === 0 || wanted.includes(status)) && (!state.agent || agent === state.agent),
  );
  return (
    <Box role="status">
      {count > 0 ? (
    <Button
      fullWidth
      variant="text"
      color="primary"
      startIcon={<RefreshCw size={14} aria-hidden />}
      onClick={onShow}
      sx={{ borderRadius: 0, borderTop: 1, borderColor: "divider", bgcolor: "action.selected", color: "primary.main" }}
    >
      {t("fresh", { count })}
    </Button>
      ) : null}
    </Box>
  );
}
