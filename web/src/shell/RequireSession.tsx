// Lets only signed-in people in: first asks silently for a token, then sends the others to sign in.
import { type ReactNode, useCallback, useEffect, useState } from "react";
import { Navigate, useLocation } from "react-router";
import { refreshSession } from "@/api/request";
import { useAppDispatch, useAppSelector } from "@/app/store";
import { Unreachable, Waiting } from "./Waiting";

export function RequireSession({ children }: { children: ReactNode }) {
  const status = useAppSelector((state) => state.session.status);
  const dispatch = useAppDispatch();
  const location = useLocation();
  const [unreachable, setUnreachable] = useState(false);

  const ask = useCallback(() => {
    void refreshSession(dispatch as (action: unknown) => unknown).then((fresh) => setUnreachable(!fresh));
  }, [dispatch]);
  useEffect(() => {
    if (status === "unknown") ask();
  }, [status, ask]);

  if (status === "signed-in") return children;
  if (status === "signed-out") {
    const target = `${location.pathname}${location.search}`;
    return <Navigate to="/sign-in" replace state={target === "/" ? undefined : { target }} />;
  }
  return unreachable ? <Unreachable retry={ask} /> : <Waiting />;
}
