// Endpoint of attention: all that waits for a person, in one answer for every place that tells it.
import { api } from "./api";
import type { Attention } from "./types";

export const attentionApi = api.injectEndpoints({
  endpoints: (build) => ({
    getAttention: build.query<Attention, void>({
      query: () => "/attention",
      providesTags: ["Overview", "Wait", "Incident"],
    }),
  }),
});

export const { useGetAttentionQuery } = attentionApi;

/** What can wait for a person, the most urgent first. */
export const needKinds = ["incidents", "approvals", "decisions"] as const;
export type NeedKind = (typeof needKinds)[number];

/** Where all of a kind are settled. */
export const needPlaces: Readonly<Record<NeedKind, string>> = {
  incidents: "/incidents?status=escalated",
  approvals: "/workflows",
  decisions: "/decisions?status=waiting",
};

/** The kinds of which something waits. */
export const waitingKinds = (attention: Attention): NeedKind[] => needKinds.filter((kind) => attention[kind].count > 0);
