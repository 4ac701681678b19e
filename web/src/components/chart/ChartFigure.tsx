// A chart with everything around it: its key, what it says in a sentence, and the same numbers as a table.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Activity, Table2 } from "../icons";
import { Chart, type ChartOption } from "./Chart";

export interface KeyItem {
  label: string;
  colour: string;
  line: "solid" | "dashed" | "thin" | "band" | "dot" | "bar";
}

export interface ChartTable {
  columns: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}

function KeyMark({ colour, line }: KeyItem) {
  const style = {
    solid: { height: 0, borderTop: `2.5px solid ${colour}` },
    dashed: { height: 0, borderTop: `2.5px dashed ${colour}` },
    thin: { height: 0, borderTop: `1px solid ${colour}` },
    band: { height: 10, background: colour, opacity: 0.3 },
    bar: { height: 10, width: 10, background: colour, borderRadius: "2px" },
    dot: { height: 9, width: 9, background: colour, borderRadius: "50%" },
  }[line];
  return <Box aria-hidden sx={{ width: 18, ...style }} />;
}

interface ChartFigureProps {
  option?: ChartOption;
  /** Drawn by other means than ECharts. */
  picture?: ReactNode;
  height: number;
  keys: readonly KeyItem[];
  /** What the chart says, in one sentence; also its text for those who cannot see it. */
  summary: string;
  table: ChartTable;
  onPick?: (name: string) => void;
  aside?: ReactNode;
}

function Numbers({ table, height, label }: { table: ChartTable; height: number; label: string }) {
  return (
    // A scrolling region takes focus, so that the keyboard can scroll it.
    <TableContainer role="region" aria-label={label} tabIndex={0} sx={{ maxHeight: height, height }}>
      <Table size="small" stickyHeader>
        <TableHead>
          <TableRow>
            {table.columns.map((column, index) => (
              <TableCell key={column} align={index ? "right" : "left"}>
                {column}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {table.rows.map((row) => (
            <TableRow key={row[0]}>
              {row.map((cell, index) => (
                <TableCell key={table.columns[index]} align={index ? "right" : "left"} sx={{ fontVariantNumeric: "tabular-nums", py: 0.5 }}>
                  {cell}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

export function ChartFigure({ option, picture, height, keys, summary, table, onPick, aside }: ChartFigureProps) {
  const { t } = useTranslation("words");
  const [asTable, setAsTable] = useState(false);
  return (
    <Box component="figure" sx={{ m: 0 }}>
      <Box sx={{ display: "flex", alignItems: "center", flexWrap: "wrap", columnGap: 2, rowGap: 0.5, mb: 1, minHeight: 32 }}>
        {keys.map((item) => (
          <Box key={item.label} sx={{ display: "flex", alignItems: "center", gap: 0.75, fontSize: 12, color: "text.secondary" }}>
            <KeyMark {...item} />
            {item.label}
          </Box>
        ))}
        <Box sx={{ flex: 1 }} />
        {aside}
        <Button
          variant="text"
          aria-pressed={asTable}
          startIcon={asTable ? <Activity size={14} aria-hidden /> : <Table2 size={14} aria-hidden />}
          onClick={() => setAsTable(!asTable)}
          sx={{ fontSize: 12, minHeight: 28, color: "text.secondary" }}
        >
          {asTable ? t("action.showChart") : t("action.showTable")}
        </Button>
      </Box>
      {asTable ? <Numbers table={table} height={height} label={summary} /> : (picture ?? <Chart option={option ?? {}} height={height} onPick={onPick} />)}
      <Box component="figcaption" sx={{ mt: 1, fontSize: 13, lineHeight: "20px", color: "text.secondary" }}>
        {summary}
      </Box>
    </Box>
  );
}
