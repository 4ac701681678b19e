// Endpoints of the overview and of the simulated clock.
import { api } from "./api";
import type { ClockState, Overview } from "./types";

export const overviewApi = api.injectEndpoints({
  endpoints: (build) => ({
    getOverview: build.query<Overview, void>({
      query: () => "/overview",
      providesTags: ["Overview"],
    }),
    getClock: build.query<ClockState, void>({
      query: () => "/clock",
      providesTags: ["Clock"],
    }),
    setClock: build.mutation<ClockState, { paused?: boolean; seconds_per_day?: number }>({
      query: (body) => ({ url: "/clock", method: "POST", body }),
      async onQueryStarted(_, { dispatch, queryFulfilled }) {
        const answer = await queryFulfilled.catch(() => null);
        if (answer) dispatch(overviewApi.util.upsertQueryData("getClock", undefined, answer.data));
      },
    }),
  }),
});

export const { useGetOverviewQuery, useGetClockQuery, useSetClockMutation } = overviewApi;
