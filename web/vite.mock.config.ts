// The dashboard on a made-up shop, for working on it without a server: npm run dev:mock.
import { mergeConfig } from "vite";
import { mockApi } from "./mock/plugin";
import config from "./vite.config";

export default mergeConfig(config, { plugins: [mockApi()] });
