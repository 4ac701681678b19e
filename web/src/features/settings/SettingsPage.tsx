// Settings: what the shop counts with, how its time passes, how this browser looks, and who may sign in.
import Box from "@mui/material/Box";
import Skeleton from "@mui/material/Skeleton";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { useGetSettingsQuery } from "@/api/settings";
import type { ShopSettings } from "@/api/types";
import { mayOwn, usePerson } from "@/app/person";
import { Card } from "@/components/Card";
import { Boxes, Clock3, type LucideIcon, Monitor, Package, User, Users } from "@/components/icons";
import { ErrorState } from "@/components/Notice";
import { Page } from "@/components/Page";
import { useLanguage } from "@/format/useFormats";
import { AccountSection } from "./AccountSection";
import { ClockSection } from "./ClockSection";
import { LookSection } from "./LookSection";
import { PeopleSection } from "./PeopleSection";
import { ReplenishmentSection } from "./ReplenishmentSection";
import { ShopSection } from "./ShopSection";
import { weekdays } from "./weekdays";

const parts = {
  shop: Package,
  replenishment: Boxes,
  clock: Clock3,
  look: Monitor,
  people: Users,
  account: User,
} satisfies Record<string, LucideIcon>;
type Part = keyof typeof parts;
const isPart = (text: string | null): text is Part => text !== null && text in parts;

function Parts({ shown, open }: { shown: readonly Part[]; open: Part }) {
  const { t } = useTranslation("settings");
  return (
    <Box
      component="nav"
      aria-label={t("parts")}
      sx={{
        display: "flex",
        flexDirection: { xs: "row", md: "column" },
        gap: 0.5,
        overflowX: { xs: "auto", md: "visible" },
        mx: { xs: -2, md: 0 },
        px: { xs: 2, md: 0 },
        py: "2px",
        scrollbarWidth: "none",
        position: { md: "sticky" },
        top: { md: 72 },
      }}
    >
      {shown.map((part) => {
        const Icon = parts[part];
        return (
          <Box
            key={part}
            component={Link}
            to={`?part=${part}`}
            replace
            preventScrollReset
            aria-current={part === open ? "page" : undefined}
            sx={{
              display: "flex",
              alignItems: "center",
              gap: 1,
              height: 36,
              px: 1.5,
              flexShrink: 0,
              borderRadius: 1,
              color: "text.secondary",
              textDecoration: "none",
              "&:hover": { bgcolor: "action.hover" },
              "&[aria-current=page]": { bgcolor: "action.selected", color: "primary.main", fontWeight: 600 },
            }}
          >
            <Icon size={16} strokeWidth={1.75} aria-hidden />
            {t(`part.${part}`)}
          </Box>
        );
      })}
    </Box>
  );
}

function useLead(settings: ShopSettings | undefined): string {
  const { t } = useTranslation("settings");
  const language = useLanguage();
  if (!settings) return " ";
  const { shop, replenishment, server } = settings;
  const day = weekdays(language)[replenishment.review_weekday] ?? "";
  const review = replenishment.review_days === 7 ? t("lead.weekly", { day }) : t("lead.every", { count: replenishment.review_days });
  return t("lead.all", { shop: shop.name, currency: shop.currency, review, version: server.version });
}

export default function SettingsPage() {
  const { t } = useTranslation("settings");
  const [search] = useSearchParams();
  const person = usePerson();
  const { data: settings, error, refetch } = useGetSettingsQuery();
  const lead = useLead(settings);
  const shown = (Object.keys(parts) as Part[]).filter((part) => part !== "people" || mayOwn(person));
  const asked = search.get("part");
  const open: Part = isPart(asked) && shown.includes(asked) ? asked : "shop";
  const withSettings = (draw: (known: ShopSettings) => ReactNode) => {
    if (settings) return draw(settings);
    if (!error) return <Skeleton variant="rounded" height={420} aria-busy />;
    return (
      <Card>
        <ErrorState error={error} retry={refetch} />
      </Card>
    );
  };
  const sections: Record<Part, () => ReactNode> = {
    shop: () => withSettings((known) => <ShopSection settings={known} />),
    replenishment: () => withSettings((known) => <ReplenishmentSection settings={known} />),
    clock: () => <ClockSection />,
    look: () => <LookSection />,
    people: () => <PeopleSection />,
    account: () => (person ? <AccountSection person={person} /> : null),
  };
  return (
    <Page title={t("title")} lead={lead}>
      <Box sx={{ display: "grid", gap: { xs: 2, md: 4 }, alignItems: "start", gridTemplateColumns: { xs: "minmax(0, 1fr)", md: "200px minmax(0, 1fr)" } }}>
        <Parts shown={shown} open={open} />
        <Box sx={{ display: "grid", gap: 2, minWidth: 0, maxWidth: 960 }}>{sections[open]()}</Box>
      </Box>
    </Page>
  );
}
