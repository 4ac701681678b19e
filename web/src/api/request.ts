// One request to the server: carries the token, refreshes it silently once, and words every failure as a problem.
import { type BaseQueryFn, type FetchArgs, fetchBaseQuery } from "@reduxjs/toolkit/query/react";
import { type SessionState, signedIn, signedOut } from "@/app/session";
import { type Problem, toProblem } from "./problem";
import type { Session } from "./types";

interface HasSession {
  session: SessionState;
}
type Dispatch = (action: unknown) => unknown;

export const apiRoot = `${window.location.origin}/api/v1`;

/** A key that makes a repeated request count once; works on plain http too, where randomUUID does not exist. */
export function idempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const send = fetchBaseQuery({
  baseUrl: apiRoot,
  credentials: "same-origin",
  prepareHeaders(headers, { getState }) {
    const token = (getState() as HasSession).session.accessToken;
    if (token) headers.set("Authorization", `Bearer ${token}`);
    return headers;
  },
});

let refreshing: Promise<boolean> | null = null;

async function askForToken(dispatch: Dispatch): Promise<boolean> {
  try {
    const answer = await fetch(`${apiRoot}/auth/refresh`, { method: "POST", credentials: "same-origin" });
    if (answer.ok) {
      dispatch(signedIn((await answer.json()) as Session));
      return true;
    }
    if (answer.status >= 500) return false;
  } catch {
    return false;
  }
  dispatch(signedOut());
  return false;
}

/** Exchanges the refresh cookie for a token; one at a time in this tab, and one tab at a time. */
export function refreshSession(dispatch: Dispatch): Promise<boolean> {
  refreshing ??= (
    "locks" in navigator
      ? (navigator.locks.request("maestro-refresh", () => askForToken(dispatch)) as Promise<boolean>)
      : askForToken(dispatch)
  ).finally(() => {
    refreshing = null;
  });
  return refreshing;
}

export const request: BaseQueryFn<string | FetchArgs, unknown, Problem> = async (args, api, extra) => {
  const path = typeof args === "string" ? args : args.url;
  let result = await send(args, api, extra);
  const expired = result.error?.status === 401 && !path.startsWith("/auth/");
  if (expired && (await refreshSession(api.dispatch as Dispatch))) result = await send(args, api, extra);
  if (!result.error) return { data: result.data };
  const wait = Number(result.meta?.response?.headers.get("Retry-After") ?? Number.NaN);
  return { error: toProblem(result.error, Number.isFinite(wait) ? wait : undefined) };
};
