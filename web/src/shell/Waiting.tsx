// What shows before the first page can: a quiet mark while waiting, or that the server gives no answer.
import Box from "@mui/material/Box";
import { ErrorState } from "@/components/Notice";
import { Logo } from "./Logo";

export function Waiting() {
  return (
    <Box sx={{ minHeight: "100vh", display: "grid", placeItems: "center" }} aria-busy="true">
      <Box sx={{ opacity: 0.35 }}>
        <Logo size={40} />
      </Box>
    </Box>
  );
}

export function Unreachable({ retry }: { retry: () => void }) {
  return (
    <Box component="main" sx={{ minHeight: "100vh", display: "grid", placeItems: "center" }}>
      <ErrorState error={{ status: 0, remedy: "" }} retry={retry} />
    </Box>
  );
}
