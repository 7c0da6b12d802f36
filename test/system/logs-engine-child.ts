/** A log engine in a process of its own, to be killed: follows the routes named on the command line. */
import { routeIn, startLogsEngine } from "./logs-engine.ts";

const [folder, ...names] = process.argv.slice(2) as [string, ...string[]];
const engine = await startLogsEngine(folder, "warn");
await Promise.all(names.map((name) => engine.follower.follow(routeIn(folder, name))));
process.stdout.write("following\n");
setInterval(() => {}, 60_000);
