// Opens the dashboard in a test, on the made-up shop, at an address.
import { render } from "@testing-library/react";
import { Provider } from "react-redux";
import { createMemoryRouter, RouterProvider } from "react-router";
import { vi } from "vitest";
import { routes } from "@/app/routes";
import { createStore } from "@/app/store";
import { Toasts } from "@/components/Toasts";
import { changeLanguage, startWords } from "@/i18n/i18n";
import type { Language, Role } from "@/api/types";
import type { Preferences } from "@/preferences/preferences";
import { Look } from "@/theme/Look";
import { answer } from "../mock/answer";
import { session } from "../mock/shop";

export interface Sent {
  method: string;
  url: URL;
  body: Record<string, unknown>;
  headers: Headers;
}

class SilentSocket {
  close() {}
  send() {}
}

/** Answers every request from the made-up shop, or from `instead`; what was sent is written down. */
export function serve(instead?: (sent: Sent) => { status: number; body: unknown } | undefined): Sent[] {
  const log: Sent[] = [];
  vi.stubGlobal("WebSocket", SilentSocket);
  vi.stubGlobal("fetch", async (input: Request | string, init?: RequestInit) => {
    const request = new Request(input, init);
    const text = await request.text();
    const sent = {
      method: request.method,
      url: new URL(request.url),
      body: text ? (JSON.parse(text) as Record<string, unknown>) : {},
      headers: request.headers,
    };
    log.push(sent);
    const { status, body } = instead?.(sent) ?? answer(sent.method, sent.url, sent.body);
    return Response.json(body, { status });
  });
  return log;
}

interface OpenOptions {
  language?: Language;
  role?: Role;
  signedIn?: boolean;
  preferences?: Partial<Preferences>;
}

export async function open(path: string, { language = "en", role = "owner", signedIn = true, preferences }: OpenOptions = {}) {
  const store = createStore({
    session: signedIn
      ? { status: "signed-in", accessToken: "made-up", person: { ...session.person, role } }
      : { status: "unknown", accessToken: null, person: null },
    preferences: {
      language,
      theme: "light",
      railCollapsed: false,
      gainColours: "language",
      tourSeen: true,
      views: [],
      ...preferences,
    },
  });
  await startWords(language);
  await changeLanguage(language);
  const router = createMemoryRouter(routes, { initialEntries: [path] });
  const page = render(
    <Provider store={store}>
      <Look>
        <Toasts>
          <RouterProvider router={router} />
        </Toasts>
      </Look>
    </Provider>,
  );
  return { store, router, ...page };
}
