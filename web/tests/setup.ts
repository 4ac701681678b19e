// Set-up of the tests: matchers for pages, what jsdom lacks, and a clean slate after each.
import "@testing-library/jest-dom/vitest";
import type { Options } from "@emotion/cache";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// A busy machine may take long to load a page the first time.
configure({ asyncUtilTimeout: 10_000 });

class NoResize {
  observe() {}
  unobserve() {}
  disconnect() {}
}
globalThis.ResizeObserver = NoResize;
window.scrollTo = () => undefined;

// Styles stay out of the document: reading them for every element makes such tests slow, and none needs them.
vi.mock("@emotion/cache", async (original) => {
  const { default: create } = await original<typeof import("@emotion/cache")>();
  return { default: (options: Options) => create({ ...options, container: document.createElement("div") }) };
});

// A canvas cannot be drawn here; the pictures' data is tested apart from their drawing.
vi.mock("@/components/chart/echarts", () => ({
  init: () => ({ setOption: vi.fn(), resize: vi.fn(), dispose: vi.fn(), on: vi.fn(), off: vi.fn(), isDisposed: () => true }),
}));

afterEach(() => {
  cleanup();
  localStorage.clear();
});
