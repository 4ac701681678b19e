// A long list of rows of one height, of which only those in sight exist; the keyboard moves through all of them.
import Box from "@mui/material/Box";
import { type ReactNode, useEffect, useRef, useState } from "react";

const margin = 12;

interface VirtualRowsProps {
  label: string;
  count: number;
  rowHeight: number;
  /** The tallest that the list becomes before it scrolls. */
  maxHeight: number;
  row: (index: number) => ReactNode;
  rowKey: (index: number) => string;
  /** Stays at the top while the rows scroll. */
  head?: ReactNode;
}

export function VirtualRows({ label, count, rowHeight, maxHeight, row, rowKey, head }: VirtualRowsProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(maxHeight);
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const fit = new ResizeObserver(() => setHeight(element.clientHeight || maxHeight));
    fit.observe(element);
    return () => fit.disconnect();
  }, [maxHeight]);
  const first = Math.max(0, Math.floor(top / rowHeight) - margin);
  const last = Math.min(count, Math.ceil((top + height) / rowHeight) + margin);
  return (
    <Box ref={frame} onScroll={(event) => setTop(Math.floor(event.currentTarget.scrollTop / rowHeight) * rowHeight)} sx={{ maxHeight, overflowY: "auto", position: "relative" }}>
      {head ? <Box sx={{ position: "sticky", top: 0, zIndex: 1, bgcolor: "background.paper" }}>{head}</Box> : null}
      <Box component="ul" aria-label={label} sx={{ listStyle: "none", m: 0, p: 0, position: "relative", height: count * rowHeight }}>
        {Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at).map((index) => (
          <Box component="li" key={rowKey(index)} aria-setsize={count} aria-posinset={index + 1} sx={{ position: "absolute", insetInline: 0, top: index * rowHeight, height: rowHeight }}>
            {row(index)}
          </Box>
        ))}
      </Box>
    </Box>
  );
}
