// The addresses of the dashboard; every page and its words load when they are first opened.
import { createBrowserRouter, type RouteObject } from "react-router";
import { loadWords } from "@/i18n/i18n";
import { Problem } from "@/shell/Problem";
import { Waiting } from "@/shell/Waiting";

type PageModule = { default: React.ComponentType };

const page = (words: string[], load: () => Promise<PageModule>) => async () => {
  const [module] = await Promise.all([load(), loadWords(...words)]);
  return { Component: module.default };
};

export const routes: RouteObject[] = [
  {
    ErrorBoundary: Problem,
    HydrateFallback: Waiting,
    children: [
      { path: "/sign-in", lazy: page(["sign-in"], () => import("@/features/sign-in/SignInPage")) },
      {
        lazy: page(["shell"], () => import("@/shell/AppShell")),
        children: [
          {
            ErrorBoundary: Problem,
            children: [
              {
                index: true,
                lazy: page(["overview", "decisions", "agents", "tour"], () => import("@/features/overview/OverviewPage")),
              },
              {
                path: "decisions",
                lazy: page(["decisions"], () => import("@/features/decisions/DecisionsPage")),
                children: [
                  {
                    path: ":id",
                    lazy: page(["decisions"], () => import("@/features/decisions/DecisionPanel")),
                  },
                ],
              },
              { path: "agents", lazy: page(["agents"], () => import("@/features/agents/AgentsPage")) },
              { path: "agents/:name", lazy: page(["agents"], () => import("@/features/agents/AgentPage")) },
              { path: "stock", lazy: page(["stock"], () => import("@/features/stock/StockPage")) },
              {
                path: "stock/:productId",
                lazy: page(["stock", "decisions"], () => import("@/features/stock/ProductPage")),
              },
              { path: "workflows", lazy: page(["workflows"], () => import("@/features/workflows/WorkflowsPage")) },
              {
                path: "workflows/:id",
                lazy: page(["workflows"], () => import("@/features/workflows/RunPage")),
                children: [{ path: "steps/:step", lazy: page(["workflows"], () => import("@/features/workflows/StepPanel")) }],
              },
              {
                path: "tasks",
                lazy: page(["tasks"], () => import("@/features/tasks/TasksPage")),
                children: [{ path: ":id", lazy: page(["tasks"], () => import("@/features/tasks/TaskPanel")) }],
              },
              { path: "workers", lazy: page(["workers"], () => import("@/features/workers/WorkersPage")) },
              { path: "incidents", lazy: page(["incidents", "workers"], () => import("@/features/incidents/IncidentsPage")) },
              { path: "incidents/:id", lazy: page(["incidents"], () => import("@/features/incidents/IncidentPage")) },
              { path: "memory", lazy: page(["memory"], () => import("@/features/memory/MemoryPage")) },
              { path: "settings", lazy: page(["settings"], () => import("@/features/settings/SettingsPage")) },
              { path: "*", lazy: () => import("@/shell/NotFound").then((module) => ({ Component: module.NotFound })) },
            ],
          },
        ],
      },
    ],
  },
];

export const createRouter = () => createBrowserRouter(routes);
