// Loaded before every program of Node.js in the guest, where the sources have lost their types on the way: Node.js is not
// to look for them, which takes minutes on an emulated processor.
import { readFileSync } from "node:fs";
import * as nodeModule from "node:module";

// Node.js 20 has no such hooks, and reads no TypeScript either.
nodeModule.registerHooks?.({
  load: (url, context, next) =>
    url.startsWith("file:") && url.endsWith(".ts")
      ? { format: "module", source: readFileSync(new URL(url), "utf8"), shortCircuit: true }
      : next(url, context),
});
