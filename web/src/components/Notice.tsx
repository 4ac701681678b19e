// Notices that fill a place: nothing here yet, or something went wrong; each says one thing to do.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { isProblem, type Problem } from "@/api/problem";
import { CircleAlert, Inbox, type LucideIcon } from "./icons";

interface NoticeProps {
  icon?: LucideIcon;
  tone?: "muted" | "bad";
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  compact?: boolean;
}

function Notice({ icon: Icon = Inbox, tone = "muted", title, children, action, compact = false }: NoticeProps) {
  return (
    <Box
      sx={{
        display: "flex",
        flexDirection: "column",
        alignItems: "center",
        justifyContent: "center",
        textAlign: "center",
        gap: 0.5,
        px: 3,
        py: compact ? 3 : 7,
        height: "100%",
      }}
    >
      <Box sx={(theme) => ({ color: tone === "bad" ? theme.tokens.bad : theme.tokens.muted, mb: 0.5, display: "flex" })}>
        <Icon size={compact ? 20 : 24} strokeWidth={1.5} aria-hidden />
      </Box>
      <Typography sx={{ fontWeight: 600 }}>{title}</Typography>
      {children ? (
        <Typography component="div" variant="body2" sx={{ color: "text.secondary", maxWidth: 440, textWrap: "balance" }}>
          {children}
        </Typography>
      ) : null}
      {action ? <Box sx={{ mt: 1.5 }}>{action}</Box> : null}
    </Box>
  );
}

/** Says what will appear here, and offers the one action that brings it. */
export function EmptyState(props: Omit<NoticeProps, "tone">) {
  return <Notice {...props} />;
}

/** The words for a problem, in the reader's language; the server's own words come second. */
export function useProblemWords(): (error: unknown) => { title: string; detail: string; remedy: string } {
  const { t } = useTranslation("words");
  return (error) => {
    const problem: Problem | null = isProblem(error) ? error : null;
    const status = problem?.status ?? 0;
    const known = [0, 401, 403, 404, 409, 422, 429].includes(status) ? (`${status}` as "0") : "500";
    return {
      title: t(`problem.${known}.title`),
      detail: problem?.detail ?? "",
      remedy: problem?.remedy || t(`problem.${known}.remedy`),
    };
  };
}

export function ErrorState({ error, retry, compact }: { error: unknown; retry?: () => void; compact?: boolean }) {
  const { t } = useTranslation("words");
  const { title, detail, remedy } = useProblemWords()(error);
  return (
    <Box role="alert" sx={{ height: "100%" }}>
      <Notice
        icon={CircleAlert}
        tone="bad"
        title={title}
        compact={compact}
        action={retry ? <Button onClick={retry}>{t("action.retry")}</Button> : undefined}
      >
        {detail ? <div>{detail}</div> : null}
        <div>{remedy}</div>
      </Notice>
    </Box>
  );
}
