// Expected against realised: the band that was predicted, and where the truth fell.
import Box from "@mui/material/Box";
import { useTranslation } from "react-i18next";
import type { Decision } from "@/api/types";
import { Estimate, EstimateBand } from "@/components/Estimate";
import { Gain } from "@/components/Gain";
import { CircleAlert, CircleCheck } from "@/components/icons";
import { Tag } from "@/components/Tag";
import { useFormats } from "@/format/useFormats";

const methods = ["common_random_numbers", "holdout"] as const;

export function Outcome({ decision }: { decision: Decision }) {
  const { t } = useTranslation("decisions");
  const formats = useFormats();
  const { predicted, measured } = decision;
  const money = (value: number) => formats.gainFull(value, predicted.unit);
  const values = { mean: money(predicted.mean), low: money(predicted.low), high: money(predicted.high) };
  const method = methods.find((name) => name === measured?.method);
  return (
    <Box sx={{ p: 2, borderRadius: 1, border: 1, borderColor: "divider" }}>
      <Box component="dl" sx={{ display: "grid", gridTemplateColumns: "auto minmax(0, 1fr)", columnGap: 2, rowGap: 0.75, m: 0, "& dt": { color: "text.secondary" }, "& dd": { m: 0 } }}>
        <dt>{t("expected")}</dt>
        <dd>
          <Estimate {...predicted} />
        </dd>
        <dt>{t("realised")}</dt>
        <dd>
          {measured ? (
            <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 1.5 }}>
              <Box sx={{ fontWeight: 600 }}>
                <Gain value={measured.gain} unit={predicted.unit} />
              </Box>
              {measured.covered ? (
                <Tag tone="good" icon={CircleCheck}>
                  {t("detail.covered")}
                </Tag>
              ) : (
                <Tag tone="warn" icon={CircleAlert}>
                  {t("detail.notCovered")}
                </Tag>
              )}
            </Box>
          ) : (
            <Box component="span" sx={{ color: "text.secondary" }}>
              {t("detail.realisedWaits", { count: Math.round(predicted.horizon_days) })}
            </Box>
          )}
        </dd>
      </Box>
      <Box sx={{ mt: 1.5 }}>
        <EstimateBand
          {...predicted}
          realised={measured?.gain}
          label={measured ? t("detail.outcomeBandRealised", { ...values, gain: money(measured.gain) }) : t("detail.outcomeBand", values)}
        />
      </Box>
      {measured ? (
        <Box sx={{ fontSize: 13, color: "text.secondary", mt: 0.5 }}>
          {method ? t(`detail.method.${method}`) : t("detail.method.other", { method: measured.method })}
        </Box>
      ) : null}
    </Box>
  );
}
