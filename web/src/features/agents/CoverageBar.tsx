// How often the 80 % intervals held what came: a bar with a mark where they should.
import Box from "@mui/material/Box";
import { useTheme } from "@mui/material/styles";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/format/useFormats";

const wanted = 0.8;
/** Below this share an agent cannot prove that its intervals can be trusted. */
const doubtful = 0.7;

export function CoverageBar({ share }: { share: number }) {
  const { t } = useTranslation("agents");
  const { tokens } = useTheme();
  const formats = useFormats();
  const verdict = share < doubtful ? "narrow" : share > 0.92 ? "wide" : "right";
  return (
    <Box>
      <Box sx={{ fontSize: 13, color: "text.secondary" }}>{t("coverage.title", { wanted: formats.percent(wanted) })}</Box>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "baseline", columnGap: 1 }}>
        <Box component="span" sx={{ fontSize: 20, fontWeight: 600, fontVariantNumeric: "tabular-nums" }}>
          {formats.percent(share)}
        </Box>
        <Box component="span" sx={{ fontSize: 13, color: "text.secondary" }}>
          {t(`coverage.${verdict}`)}
        </Box>
      </Box>
      <Box aria-hidden sx={{ position: "relative", height: 14, mt: 0.5 }}>
        <Box sx={{ position: "absolute", inset: "4px 0", borderRadius: 1, bgcolor: "divider", overflow: "hidden" }}>
          <Box sx={{ height: "100%", width: `${share * 100}%`, background: verdict === "narrow" ? tokens.warn : tokens.accent }} />
        </Box>
        <Box sx={{ position: "absolute", left: `${wanted * 100}%`, top: 0, width: 2, height: 14, background: tokens.text }} />
      </Box>
    </Box>
  );
}
