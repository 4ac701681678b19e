// The bar above the decisions: state, text, period, agent, and the views that were saved.
import Box from "@mui/material/Box";
import MenuItem from "@mui/material/MenuItem";
import Select from "@mui/material/Select";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useListAgentsQuery } from "@/api/agents";
import { ChoiceBar } from "@/components/ChoiceBar";
import { SearchField } from "@/components/SearchField";
import { useWords } from "@/format/useFormats";
import { SavedViews } from "./SavedViews";
import { type Group, groups, periods, type useDecisionFilter } from "./useDecisionFilter";

export function FilterBar({ state }: { state: ReturnType<typeof useDecisionFilter> }) {
  const { t } = useTranslation("decisions");
  const words = useWords();
  const { data: agents } = useListAgentsQuery();
  const { change } = state;
  const search = useCallback((q: string) => change({ q }), [change]);
  const select = { height: 36, minWidth: 132, "& .MuiSelect-select": { py: 0.75 } };
  return (
    <Box sx={{ display: "grid", gap: 1.5, px: 2, py: 1.5 }}>
      <ChoiceBar
        label={t("filter.status")}
        value={state.group}
        options={(Object.keys(groups) as Group[]).map((value) => ({ value, label: t(`filter.${value}`) }))}
        onChange={(status) => change({ status: status === "all" ? "" : status })}
      />
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1, alignItems: "center" }}>
        <SearchField label={t("filter.search")} value={state.text} onSearch={search} />
        <Select
          value={String(state.days)}
          onChange={(event) => change({ days: event.target.value === "0" ? "" : event.target.value })}
          inputProps={{ "aria-label": t("filter.period") }}
          sx={select}
        >
          <MenuItem value="0">{t("filter.everything")}</MenuItem>
          {periods.map((days) => (
            <MenuItem key={days} value={String(days)}>
              {t("filter.days", { count: days })}
            </MenuItem>
          ))}
        </Select>
        {agents && agents.items.length > 1 ? (
          <Select
            displayEmpty
            value={state.agent}
            onChange={(event) => change({ agent: event.target.value })}
            inputProps={{ "aria-label": t("filter.agent") }}
            sx={select}
          >
            <MenuItem value="">{t("filter.anyAgent")}</MenuItem>
            {agents.items.map(({ name, title }) => (
              <MenuItem key={name} value={name}>
                {words(title)}
              </MenuItem>
            ))}
          </Select>
        ) : null}
        <Box sx={{ flex: 1 }} />
        <SavedViews query={state.query} canSave={state.filtered || state.sort !== "-created_at"} />
      </Box>
    </Box>
  );
}
