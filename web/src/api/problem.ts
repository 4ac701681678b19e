// A problem: what went wrong in a request, as the server words it (RFC 9457), and what to do about it.
import type { FetchBaseQueryError } from "@reduxjs/toolkit/query";

export interface Problem {
  /** HTTP status; 0 when no answer came at all. */
  status: number;
  type: string;
  title: string;
  detail: string;
  remedy: string;
  errors: { field: string; message: string }[];
  retryAfter?: number;
}

const text = (value: unknown) => (typeof value === "string" ? value : "");

export function toProblem(error: FetchBaseQueryError, retryAfter?: number): Problem {
  if (typeof error.status !== "number") {
    const status = error.status === "PARSING_ERROR" ? error.originalStatus : 0;
    return { status, type: "", title: "", detail: "", remedy: "", errors: [] };
  }
  const body = (typeof error.data === "object" && error.data !== null ? error.data : {}) as Record<string, unknown>;
  const problem: Problem = {
    status: error.status,
    type: text(body.type),
    title: text(body.title),
    detail: text(body.detail),
    remedy: text(body.remedy),
    errors: Array.isArray(body.errors) ? (body.errors as Problem["errors"]) : [],
  };
  return retryAfter === undefined ? problem : { ...problem, retryAfter };
}

export function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "remedy" in value && "status" in value;
}
