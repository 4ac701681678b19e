// Exchanges the token of a one-time sign-in link, after taking it out of the address.
import { useEffect, useState } from "react";
import { useUseLinkMutation } from "@/api/sessions";

function takeToken(): string | null {
  const { search, hash, pathname } = window.location;
  const token = new URLSearchParams(search).get("token") ?? new URLSearchParams(hash.slice(1)).get("token");
  if (token) window.history.replaceState(window.history.state, "", pathname);
  return token;
}

export function useSignInLink(): "none" | "checking" | "dead" {
  const [token] = useState(takeToken);
  const [exchange, { isError }] = useUseLinkMutation({ fixedCacheKey: "sign-in-link" });
  useEffect(() => {
    if (token && !exchanged.has(token)) {
      exchanged.add(token);
      void exchange({ token });
    }
  }, [token, exchange]);
  if (!token) return "none";
  return isError ? "dead" : "checking";
}

/** Tokens already sent: a link works once, and an effect may run twice. */
const exchanged = new Set<string>();
