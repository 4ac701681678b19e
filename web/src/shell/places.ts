// The places of the dashboard, in the order of the rail: the business first, then the machine that runs it.
import {
  Bot, Cpu, LayoutDashboard, ListChecks, ListOrdered, type LucideIcon, MemoryStick, Package, Settings2, Siren, Workflow,
} from "@/components/icons";

export interface Place {
  key: "overview" | "decisions" | "agents" | "stock" | "workflows" | "tasks" | "workers" | "incidents" | "memory" | "settings";
  path: string;
  icon: LucideIcon;
}

export const businessPlaces: readonly Place[] = [
  { key: "overview", path: "/", icon: LayoutDashboard },
  { key: "decisions", path: "/decisions", icon: ListChecks },
  { key: "agents", path: "/agents", icon: Bot },
  { key: "stock", path: "/stock", icon: Package },
];

export const machinePlaces: readonly Place[] = [
  { key: "workflows", path: "/workflows", icon: Workflow },
  { key: "tasks", path: "/tasks", icon: ListOrdered },
  { key: "workers", path: "/workers", icon: Cpu },
  { key: "incidents", path: "/incidents", icon: Siren },
  { key: "memory", path: "/memory", icon: MemoryStick },
];

export const settingsPlace: Place = { key: "settings", path: "/settings", icon: Settings2 };

export const places: readonly Place[] = [...businessPlaces, ...machinePlaces, settingsPlace];
