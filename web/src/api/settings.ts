// Endpoints of the shop's settings, its people and its audit log.
import { api, query } from "./api";
import type { AuditRow, Invited, Language, Page, PersonRow, Role, ShopSettings } from "./types";

export type SettingsChange = { [Part in keyof ShopSettings]?: Partial<ShopSettings[Part]> };

export const settingsApi = api.injectEndpoints({
  endpoints: (build) => ({
    getSettings: build.query<ShopSettings, void>({
      query: () => "/settings",
      providesTags: ["Settings"],
    }),
    changeSettings: build.mutation<ShopSettings, SettingsChange>({
      query: (body) => ({ url: "/settings", method: "PATCH", body }),
      invalidatesTags: ["Settings", "Overview"],
    }),
    listPeople: build.query<Page<PersonRow>, void>({
      query: () => "/people?limit=200",
      providesTags: ["People"],
    }),
    addPerson: build.mutation<Invited, { email: string; name: string; role: Role; language: Language }>({
      query: (body) => ({ url: "/people", method: "POST", body }),
      invalidatesTags: ["People"],
    }),
    changePerson: build.mutation<Invited, { id: number; role?: Role; name?: string; new_link?: boolean }>({
      query: ({ id, ...body }) => ({ url: `/people/${id}`, method: "PATCH", body }),
      invalidatesTags: ["People"],
    }),
    removePerson: build.mutation<unknown, number>({
      query: (id) => ({ url: `/people/${id}`, method: "DELETE" }),
      invalidatesTags: ["People"],
    }),
    listAudit: build.query<Page<AuditRow>, { limit?: number; cursor?: string }>({
      query: (filter) => query("/audit", filter),
      providesTags: ["Audit"],
    }),
    verifyAudit: build.query<{ ok: boolean; rows: number; first_broken: number | null }, void>({
      query: () => "/audit/verify",
      providesTags: ["Audit"],
    }),
  }),
});

export const {
  useGetSettingsQuery,
  useChangeSettingsMutation,
  useListPeopleQuery,
  useAddPersonMutation,
  useChangePersonMutation,
  useRemovePersonMutation,
  useListAuditQuery,
  useLazyVerifyAuditQuery,
} = settingsApi;
