// A stand-in server for development: answers the API from made-up data. Never part of the bundle.
import type { Plugin } from "vite";

export function mockApi(): Plugin {
  return { name: "maestro-mock" };
}
