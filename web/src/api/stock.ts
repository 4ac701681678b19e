// Endpoints of stock: what lies where, one product's history and forecast, and purchase orders.
import { api, query } from "./api";
import { idempotencyKey } from "./request";
import type { Page, ProductDetail, PurchaseOrder, StockRow } from "./types";

export interface StockFilter {
  q?: string;
  health?: string;
  location?: string;
  sort?: string;
  limit?: number;
  cursor?: string;
}
export interface OrderFilter {
  status?: string;
  supplier?: string;
  limit?: number;
  cursor?: string;
}

export const stockApi = api.injectEndpoints({
  endpoints: (build) => ({
    listStock: build.query<Page<StockRow>, StockFilter>({
      query: (filter) => query("/stock", filter),
      providesTags: ["Stock"],
    }),
    getProduct: build.query<ProductDetail, number>({
      query: (id) => `/products/${id}`,
      providesTags: (_result, _error, id) => [{ type: "Product", id }, "Stock"],
    }),
    adjustStock: build.mutation<
      StockRow,
      { product_id: number; location_id: number; quantity: number; reason: string }
    >({
      query: (body) => ({
        url: "/stock/adjust",
        method: "POST",
        headers: { "Idempotency-Key": idempotencyKey() },
        body,
      }),
      invalidatesTags: (_result, _error, { product_id: id }) => ["Stock", { type: "Product", id }, "Overview"],
    }),
    listOrders: build.query<Page<PurchaseOrder>, OrderFilter>({
      query: (filter) => query("/orders", filter),
      providesTags: ["Order"],
    }),
    changeOrder: build.mutation<PurchaseOrder, { id: number; change: "cancel" | "receive" }>({
      query: ({ id, change }) => ({
        url: `/orders/${id}/${change}`,
        method: "POST",
        headers: { "Idempotency-Key": idempotencyKey() },
        body: {},
      }),
      invalidatesTags: ["Order", "Stock", "Product", "Overview"],
    }),
  }),
});

export const {
  useListStockQuery,
  useGetProductQuery,
  useAdjustStockMutation,
  useListOrdersQuery,
  useChangeOrderMutation,
} = stockApi;
