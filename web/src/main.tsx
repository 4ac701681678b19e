// Entry of the dashboard: wires the store, the words, the look and the addresses.
import "pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Provider } from "react-redux";
import { RouterProvider } from "react-router/dom";
import { createRouter } from "./app/routes";
import { createStore } from "./app/store";
import { Toasts } from "./components/Toasts";
import { changeLanguage, startWords } from "./i18n/i18n";
import { Look } from "./theme/Look";

const store = createStore();
let { language } = store.getState().preferences;
const words = startWords(language);
const router = createRouter();
await words;

store.subscribe(() => {
  const next = store.getState().preferences.language;
  if (next !== language) void changeLanguage(next);
  language = next;
});

const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <Provider store={store}>
        <Look>
          <Toasts>
            <RouterProvider router={router} />
          </Toasts>
        </Look>
      </Provider>
    </StrictMode>,
  );
