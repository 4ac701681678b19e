// Keeps the live line open while someone is signed in.
import { useEffect } from "react";
import { useStore } from "react-redux";
import { apiRoot, refreshSession } from "@/api/request";
import type { RootState, Store } from "@/app/store";
import { LiveClient } from "./liveClient";
import { liveStateChanged } from "./liveState";
import { LiveUpdates } from "./updates";

export function useLive(): void {
  const store = useStore<RootState>() as Store;
  useEffect(() => {
    const updates = new LiveUpdates(store);
    const client = new LiveClient({
      url: `${apiRoot.replace(/^http/, "ws")}/live`,
      token: () => store.getState().session.accessToken,
      refresh: () => refreshSession(store.dispatch as (action: unknown) => unknown),
      onEvent: (event) => updates.apply(event),
      onReset: () => updates.reset(),
      onState: liveStateChanged,
    });
    const wake = () => {
      if (document.visibilityState === "visible") client.wake();
    };
    client.start();
    window.addEventListener("online", wake);
    document.addEventListener("visibilitychange", wake);
    return () => {
      window.removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wake);
      client.stop();
      updates.stop();
    };
  }, [store]);
}
