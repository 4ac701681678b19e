// A stand-in server for development: answers the API from made-up data. Never part of the bundle.
import type { Plugin } from "vite";
import { answer } from "./answer";
import { clock } from "./shop";

export function mockApi(): Plugin {
  return {
    name: "maestro-mock",
    configureServer(server) {
      // Without a live line nothing would keep a racing clock in step, so that here it goes as on the wall.
      Object.assign(clock, { mode: "real", speed: 1, seconds_per_day: 86_400 });
      server.middlewares.use("/api/v1", (incoming, outgoing) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          const url = new URL(incoming.originalUrl ?? "/", "http://localhost");
          const { status, body } = answer(incoming.method ?? "GET", url, text ? (JSON.parse(text) as Record<string, unknown>) : {});
          outgoing.writeHead(status, { "Content-Type": status < 400 ? "application/json" : "application/problem+json" });
          outgoing.end(JSON.stringify(body));
        });
      });
    },
  };
}
