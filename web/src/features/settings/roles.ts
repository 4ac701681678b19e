// The roles from the widest to the narrowest.
import type { Role } from "@/api/types";

export const roles: readonly Role[] = ["owner", "manager", "analyst", "viewer"];
