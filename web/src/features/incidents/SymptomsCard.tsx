// What was noticed: each figure against what is normal for it.
import Box from "@mui/material/Box";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import { useTranslation } from "react-i18next";
import type { IncidentDetail } from "@/api/machine";
import { Card } from "@/components/Card";
import { useFormats } from "@/format/useFormats";
import { useRecoveryNames } from "./useNames";

export function SymptomsCard({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation("incidents");
  const formats = useFormats();
  const names = useRecoveryNames();
  if (incident.symptoms.length === 0) return null;
  return (
    <Card flush title={t("symptoms.title")}>
      <TableContainer>
        <Table aria-label={t("symptoms.title")} sx={{ "& td": { fontVariantNumeric: "tabular-nums" } }}>
          <TableHead>
            <TableRow>
              <TableCell sx={{ pl: 2.5 }}>{t("symptoms.name")}</TableCell>
              <TableCell align="right">{t("symptoms.value")}</TableCell>
              <TableCell align="right">{t("symptoms.normal")}</TableCell>
              <TableCell align="right" sx={{ pr: 2.5 }}>
                {t("symptoms.at")}
              </TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {incident.symptoms.map((symptom) => (
              <TableRow key={symptom.name + symptom.at}>
                <TableCell sx={{ pl: 2.5 }}>{names.figure(symptom.name)}</TableCell>
                <TableCell align="right">
                  <Box component="span" sx={{ fontWeight: 600 }}>
                    {formats.number(symptom.value, { maximumFractionDigits: 2 })}
                  </Box>
                </TableCell>
                <TableCell align="right">{formats.number(symptom.normal, { maximumFractionDigits: 2 })}</TableCell>
                <TableCell align="right" sx={{ pr: 2.5 }}>
                  {formats.timeOfDay(symptom.at)}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
    </Card>
  );
}
