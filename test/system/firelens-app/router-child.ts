/**
 * A log router as FireLens needs one: reads the configuration that it is given, prints the events that it gets, and dies
 * when one says so.
 */
import { readFileSync, rmSync } from "node:fs";
import { TestRouter, type RouterEvent } from "./log-receivers.ts";

const configuration = readFileSync("/fluent-bit/etc/fluent-bit.conf", "utf8");
const print = (what: string, value: unknown) => console.log(JSON.stringify({ what, value }));
print("configuration", configuration);
const show = (event: RouterEvent) => {
  print("event", event);
  if (event.record["log"] === "router, die") setTimeout(() => process.exit(7), 100); // acknowledged before
};
const path = /unix_path (\S+)/.exec(configuration)![1]!;
const [, listen, port] = /Listen (127\.0\.0\.1)\n\s+Port (24224)/.exec(configuration)!;
rmSync(path, { force: true }); // of the run before
await new TestRouter(true, show).listen(path);
await new TestRouter(true, show).listen(Number(port));
print("listening", `${path} ${listen}:${port}`);
process.on("SIGTERM", () => {
  print("stopping", "");
  process.exit(0);
});
