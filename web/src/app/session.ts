// The session: who is signed in, with the access token held in memory only.
import { createSlice, type PayloadAction } from "@reduxjs/toolkit";
import type { Person, Session } from "@/api/types";

export interface SessionState {
  /** "unknown" until the first silent refresh has answered. */
  status: "unknown" | "signed-in" | "signed-out";
  accessToken: string | null;
  person: Person | null;
}

const initialState: SessionState = { status: "unknown", accessToken: null, person: null };

const slice = createSlice({
  name: "session",
  initialState,
  reducers: {
    signedIn(state, action: PayloadAction<Session>) {
      state.status = "signed-in";
      state.accessToken = action.payload.access_token;
      state.person = action.payload.person;
    },
    personChanged(state, action: PayloadAction<Person>) {
      state.person = action.payload;
    },
    signedOut() {
      return { status: "signed-out" as const, accessToken: null, person: null };
    },
  },
});

export const { signedIn, signedOut, personChanged } = slice.actions;
export const sessionReducer = slice.reducer;
