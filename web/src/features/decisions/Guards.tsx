// The limits that a decision had to pass, each with what it saw and what it allows, in words.
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useTranslation } from "react-i18next";
import type { GuardResult } from "@/api/types";
import { VerdictTag } from "@/components/Tag";
import { useWords } from "@/format/useFormats";

export function Guards({ guards }: { guards: readonly GuardResult[] }) {
  const { t } = useTranslation("decisions");
  const words = useWords();
  if (guards.length === 0)
    return (
      <Typography variant="body2" sx={{ color: "text.secondary" }}>
        {t("detail.guardsNone")}
      </Typography>
    );
  return (
    <Box component="ul" sx={{ listStyle: "none", m: 0, p: 0 }}>
      {guards.map(({ guard, verdict, words: text }) => (
        <Box component="li" key={guard} sx={{ display: "flex", alignItems: "center", flexWrap: "wrap", columnGap: 1.5, rowGap: 0.5, py: 1, borderTop: 1, borderColor: "divider" }}>
          <Box sx={{ width: 92 }}>
            <VerdictTag verdict={verdict} />
          </Box>
          <Box sx={{ flex: "1 1 200px" }}>{words(text)}</Box>
        </Box>
      ))}
    </Box>
  );
}
