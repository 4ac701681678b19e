// How work is spread over the workers; a manager may choose another way.
import Box from "@mui/material/Box";
import MenuItem from "@mui/material/MenuItem";
import Select from "@mui/material/Select";
import { useTranslation } from "react-i18next";
import type { Balancing } from "@/api/machine";
import { useChangeBalancingMutation } from "@/api/workers";
import { mayManage, usePerson } from "@/app/person";
import { useAct } from "@/components/useAsk";

const ways: readonly Balancing[] = ["learned", "load", "least_connections", "round_robin"];

export function BalancingChoice({ balancing }: { balancing: Balancing }) {
  const { t } = useTranslation("workers");
  const manage = mayManage(usePerson());
  const [change, { isLoading }] = useChangeBalancingMutation();
  const act = useAct();
  if (!manage) return <Box sx={{ pr: 1, fontSize: 13, color: "text.secondary" }}>{`${t("balancing.label")}: ${t(`balancing.${balancing}`)}`}</Box>;
  return (
    <Box sx={{ display: "flex", alignItems: "center", gap: 1, pr: 1 }}>
      <Box component="span" aria-hidden sx={{ fontSize: 13, color: "text.secondary", display: { xs: "none", sm: "inline" } }}>
        {t("balancing.label")}
      </Box>
      <Select
        value={balancing}
        disabled={isLoading}
        onChange={(event) => void act(() => change(event.target.value as Balancing).unwrap(), t("balancing.done"))}
        inputProps={{ "aria-label": t("balancing.label") }}
        renderValue={(value) => t(`balancing.${value}`)}
        sx={{ height: 36, minWidth: 150, "& .MuiSelect-select": { py: 0.75 } }}
      >
        {ways.map((way) => (
          <MenuItem key={way} value={way}>
            <Box>
              {t(`balancing.${way}`)}
              <Box sx={{ fontSize: 12, color: "text.secondary" }}>{t(`balancingDetail.${way}`)}</Box>
            </Box>
          </MenuItem>
        ))}
      </Select>
    </Box>
  );
}
