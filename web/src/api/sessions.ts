// Endpoints of signing in and out, and of one's own account.
import { personChanged, signedIn, signedOut } from "@/app/session";
import { api } from "./api";
import type { Language, Person, Session } from "./types";

export const sessionsApi = api.injectEndpoints({
  endpoints: (build) => ({
    signIn: build.mutation<Session, { email: string; password: string }>({
      query: (body) => ({ url: "/auth/sign-in", method: "POST", body }),
      async onQueryStarted(_, { dispatch, queryFulfilled }) {
        const answer = await queryFulfilled.catch(() => null);
        if (answer) dispatch(signedIn(answer.data));
      },
    }),
    useLink: build.mutation<Session, { token: string }>({
      query: (body) => ({ url: "/auth/link", method: "POST", body }),
      async onQueryStarted(_, { dispatch, queryFulfilled }) {
        const answer = await queryFulfilled.catch(() => null);
        if (answer) dispatch(signedIn(answer.data));
      },
    }),
    signOut: build.mutation<unknown, void>({
      query: () => ({ url: "/auth/sign-out", method: "POST" }),
      async onQueryStarted(_, { dispatch, queryFulfilled }) {
        await queryFulfilled.catch(() => null);
        dispatch(signedOut());
        dispatch(api.util.resetApiState());
      },
    }),
    changeMe: build.mutation<
      Person,
      { name?: string; language?: Language; password?: { current?: string; new: string } }
    >({
      query: (body) => ({ url: "/me", method: "PATCH", body }),
      async onQueryStarted(_, { dispatch, queryFulfilled }) {
        const answer = await queryFulfilled.catch(() => null);
        if (answer) dispatch(personChanged(answer.data));
      },
    }),
  }),
});

export const { useSignInMutation, useUseLinkMutation, useSignOutMutation, useChangeMeMutation } = sessionsApi;
