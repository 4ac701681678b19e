// Toasts: one short line after something was done or failed, read aloud to those who cannot see it.
import Alert from "@mui/material/Alert";
import Snackbar from "@mui/material/Snackbar";
import { createContext, type ReactNode, useCallback, useContext, useState } from "react";
import { useProblemWords } from "./Notice";

interface Toast {
  id: number;
  text: string;
  tone: "success" | "error" | "info";
}
type Show = (text: string, tone?: Toast["tone"]) => void;

const ToastContext = createContext<Show>(() => undefined);

export function Toasts({ children }: { children: ReactNode }) {
  const [toast, setToast] = useState<Toast | null>(null);
  const show = useCallback<Show>((text, tone = "success") => {
    setToast((last) => ({ id: (last?.id ?? 0) + 1, text, tone }));
  }, []);
  return (
    <ToastContext value={show}>
      {children}
      <Snackbar
        key={toast?.id}
        open={toast !== null}
        autoHideDuration={toast?.tone === "error" ? 9000 : 4000}
        onClose={(_, reason) => reason !== "clickaway" && setToast(null)}
        anchorOrigin={{ vertical: "bottom", horizontal: "center" }}
        sx={{ bottom: { xs: 80, md: 24 } }}
      >
        <Alert variant="outlined" severity={toast?.tone ?? "info"} onClose={() => setToast(null)} sx={{ bgcolor: "background.paper" }}>
          {toast?.text}
        </Alert>
      </Snackbar>
    </ToastContext>
  );
}

export const useToast = (): Show => useContext(ToastContext);

/** Says a problem as a toast: what happened, what to do. */
export function useProblemToast(): (error: unknown) => void {
  const show = useToast();
  const words = useProblemWords();
  return (error) => {
    const { title, detail, remedy } = words(error);
    show([detail || title, remedy].filter(Boolean).join(" "), "error");
  };
}
