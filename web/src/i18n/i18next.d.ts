// The type of every text key, taken from the English words, so that a missing key fails the build.
import "i18next";
import type agents from "./en/agents.json";
import type decisions from "./en/decisions.json";
import type incidents from "./en/incidents.json";
import type memory from "./en/memory.json";
import type overview from "./en/overview.json";
import type settings from "./en/settings.json";
import type shell from "./en/shell.json";
import type signIn from "./en/sign-in.json";
import type stock from "./en/stock.json";
import type tasks from "./en/tasks.json";
import type tour from "./en/tour.json";
import type words from "./en/words.json";
import type workers from "./en/workers.json";
import type workflows from "./en/workflows.json";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "words";
    resources: {
      agents: typeof agents;
      decisions: typeof decisions;
      incidents: typeof incidents;
      memory: typeof memory;
      overview: typeof overview;
      settings: typeof settings;
      shell: typeof shell;
      "sign-in": typeof signIn;
      stock: typeof stock;
      tasks: typeof tasks;
      tour: typeof tour;
      words: typeof words;
      workers: typeof workers;
      workflows: typeof workflows;
    };
  }
}
