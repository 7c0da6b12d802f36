// The command line, in the right Node. Compiled once, as the engine is: a start takes a third of the time.
import { enableCompileCache } from "node:module";
import { ROOT } from "./node24.mjs";

enableCompileCache(`${ROOT}node_modules/.cache/neargate/compiled`);
const { main } = await import("../src/cli/main.ts");
await main();
