// A page: its title, one line under it, its actions, and its content on a 12-column width.
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { type ReactNode, useEffect } from "react";

interface PageProps {
  title: string;
  /** The name in the browser's tab, where it differs from the title. */
  name?: string;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Maestro` : "Maestro";
  }, [title]);
}

export function Page({ title, name = title, lead, actions, children }: PageProps) {
  usePageTitle(name);
  return (
    <Box sx={{ maxWidth: 1440, mx: "auto", px: { xs: 2, md: 4 }, py: { xs: 2, md: 3 } }}>
      <Box
        component="header"
        sx={{ display: "flex", flexWrap: "wrap", alignItems: "flex-end", gap: 2, mb: { xs: 2, md: 3 } }}
      >
        <Box sx={{ flex: "1 1 320px", minWidth: 0 }}>
          <Typography variant="h1" sx={{ textWrap: "balance", wordBreak: "keep-all" }}>
            {title}
          </Typography>
          {lead ? (
            <Typography component="div" sx={{ color: "text.secondary", mt: 0.5 }}>
              {lead}
            </Typography>
          ) : null}
        </Box>
        {actions ? <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1 }}>{actions}</Box> : null}
      </Box>
      {children}
    </Box>
  );
}
