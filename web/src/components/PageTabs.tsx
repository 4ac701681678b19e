// The parts of a page as tabs, of which one shows; which one is part of the address.
import Box from "@mui/material/Box";
import Tab from "@mui/material/Tab";
import Tabs from "@mui/material/Tabs";
import { type ReactNode, useId } from "react";
import { useSearchParams } from "react-router";

export interface PageTab {
  key: string;
  label: string;
  /** Made only while it shows. */
  content: () => ReactNode;
}

/** The first tab is the usual one and stays out of the address. */
export function PageTabs({ label, tabs }: { label: string; tabs: readonly PageTab[] }) {
  const id = useId();
  const [search, setSearch] = useSearchParams();
  const named = search.get("tab");
  const shown = tabs.find(({ key }) => key === named) ?? tabs[0];
  if (!shown) return null;
  const choose = (key: string) => setSearch(key === tabs[0]?.key ? {} : { tab: key });
  return (
    <>
      <Tabs
        value={shown.key}
        onChange={(_, key: string) => choose(key)}
        aria-label={label}
        variant="scrollable"
        scrollButtons={false}
        sx={{ minHeight: 40, mb: 2, borderBottom: 1, borderColor: "divider", "& .MuiTab-root": { minHeight: 40, minWidth: 0, px: 1.5, py: 1, fontSize: 14 } }}
      >
        {tabs.map(({ key, label: name }) => (
          <Tab key={key} value={key} label={name} id={`${id}-${key}`} aria-controls={key === shown.key ? `${id}-panel` : undefined} />
        ))}
      </Tabs>
      <Box role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${shown.key}`}>
        {shown.content()}
      </Box>
    </>
  );
}
