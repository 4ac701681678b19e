// The places of the dashboard, in the order of the rail.
import { Bot, LayoutDashboard, ListChecks, type LucideIcon, Package, Settings2 } from "@/components/icons";

export interface Place {
  key: "overview" | "decisions" | "agents" | "stock" | "settings";
  path: string;
  icon: LucideIcon;
}

export const places: readonly Place[] = [
  { key: "overview", path: "/", icon: LayoutDashboard },
  { key: "decisions", path: "/decisions", icon: ListChecks },
  { key: "agents", path: "/agents", icon: Bot },
  { key: "stock", path: "/stock", icon: Package },
  { key: "settings", path: "/settings", icon: Settings2 },
];
