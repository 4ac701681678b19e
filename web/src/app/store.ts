// The store: server data in one cache, beside the session and the preferences of this browser.
import { combineReducers, configureStore } from "@reduxjs/toolkit";
import { setupListeners } from "@reduxjs/toolkit/query";
import { type TypedUseSelectorHook, useDispatch, useSelector } from "react-redux";
import { api } from "@/api/api";
import { preferencesReducer, savePreferences } from "@/preferences/preferences";
import { sessionReducer } from "./session";

const reducer = combineReducers({
  session: sessionReducer,
  preferences: preferencesReducer,
  [api.reducerPath]: api.reducer,
});

export type RootState = ReturnType<typeof reducer>;

export function createStore(preloadedState?: Partial<RootState>) {
  const store = configureStore({
    reducer,
    preloadedState: preloadedState as RootState | undefined,
    middleware: (defaults) => defaults({ serializableCheck: false, immutableCheck: false }).concat(api.middleware),
  });
  setupListeners(store.dispatch);
  let saved = store.getState().preferences;
  store.subscribe(() => {
    const { preferences } = store.getState();
    if (preferences !== saved) savePreferences(preferences);
    saved = preferences;
  });
  return store;
}

export type Store = ReturnType<typeof createStore>;
export const useAppDispatch = () => useDispatch<Store["dispatch"]>();
export const useAppSelector: TypedUseSelectorHook<RootState> = useSelector;
