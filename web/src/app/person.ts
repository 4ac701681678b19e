// The signed-in person, and what the role allows; the server decides, the page only hides what it would refuse.
import type { Person, Role } from "@/api/types";
import { useAppSelector } from "./store";

const ranks: Record<Role, number> = { viewer: 0, analyst: 1, manager: 2, owner: 3 };
const atLeast = (person: Person | null, role: Role) => person !== null && ranks[person.role] >= ranks[role];

export const usePerson = (): Person | null => useAppSelector((state) => state.session.person);
export const mayExport = (person: Person | null): boolean => atLeast(person, "analyst");
export const mayManage = (person: Person | null): boolean => atLeast(person, "manager");
export const mayOwn = (person: Person | null): boolean => atLeast(person, "owner");
