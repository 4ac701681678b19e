// A canvas drawn by ECharts: fits its place, follows the theme, and stays silent to screen readers (its figure speaks).
import Box from "@mui/material/Box";
import Skeleton from "@mui/material/Skeleton";
import type { ECharts, EChartsCoreOption } from "echarts/core";
import { useEffect, useRef, useState } from "react";

export type ChartOption = EChartsCoreOption;

interface ChartProps {
  option: ChartOption;
  height: number;
  /** Called with the name of the mark that was clicked. */
  onPick?: (name: string) => void;
}

export function Chart({ option, height, onPick }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<ECharts | null>(null);

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    let made: ECharts | null = null;
    let gone = false;
    const fit = new ResizeObserver(() => made?.resize());
    void import("./echarts").then(({ init }) => {
      if (gone) return;
      made = init(element);
      fit.observe(element);
      setChart(made);
    });
    return () => {
      gone = true;
      fit.disconnect();
      made?.dispose();
    };
  }, []);

  useEffect(() => {
    chart?.setOption({ animation: false, ...option }, { notMerge: true });
  }, [chart, option]);

  useEffect(() => {
    if (!chart || !onPick) return;
    const pick = (event: { name?: string }) => event.name && onPick(event.name);
    chart.on("click", pick as (event: unknown) => void);
    return () => {
      if (!chart.isDisposed()) chart.off("click", pick as (event: unknown) => void);
    };
  }, [chart, onPick]);

  return (
    <Box sx={{ position: "relative", height }}>
      {chart ? null : <Skeleton variant="rounded" sx={{ position: "absolute", inset: 0, height: "100%" }} />}
      <Box ref={place} aria-hidden sx={{ position: "absolute", inset: 0 }} />
    </Box>
  );
}
