import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Bounds } from "../../../src/wire/bounds.ts";
import { ServiceModel } from "../../../src/wire/model.ts";
import type { Target } from "./requests.ts";

const ROOT = join(import.meta.dirname, "../../..");
/** They answer as long as the client listens. */
const ENDLESS = new Set(["StartLiveTail"]);

/** A service as its own `service.ts` says. @param folder of `src/services`. @param client of `@aws-sdk/client-…` */
export async function targetOf(folder: string, client: string): Promise<Target> {
  const home = join(ROOT, "src/services", folder);
  const source = readFileSync(join(home, "service.ts"), "utf8");
  // One file each: `create-cluster.ts`.
  const files = readdirSync(home, { recursive: true, encoding: "utf8" });
  const built = new Set(files.map((file) => basename(file, ".ts").replaceAll("-", "")));
  const text = (name: string) => new RegExp(`\\b${name}: "([^"]*)"`).exec(source)?.[1];
  const bounds = join(ROOT, "generated/bounds", `${text("name")}.json`);
  const sdk = (await import(`@aws-sdk/client-${client}`)) as object;
  const model = new ServiceModel(sdk, JSON.parse(readFileSync(bounds, "utf8")) as Bounds);
  const targetPrefix = text("targetPrefix");
  return {
    signingName: text("signingName")!,
    version: text("version")!,
    ...(targetPrefix === undefined ? {} : { targetPrefix }),
    model,
    operations: model.operationNames.filter((name) => !ENDLESS.has(name) && built.has(name.toLowerCase())),
  };
}
