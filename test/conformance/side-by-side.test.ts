import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine, until } from "../support/engine.ts";
import { allowTcp, Fargate } from "../support/fargate.ts";
import { busyboxRoot } from "../support/images.ts";
import { traces } from "../support/leaks.ts";

/* Two engines on one host, told nothing but their folders: their VPCs have the same ranges, their tasks the same port. */

interface Side {
  engine: TestEngine;
  fargate: Fargate;
  /** Where its task answers. */
  url: string;
}

let engines: TestEngine[] = [];
beforeAll(async () => {
  const started = await Promise.allSettled([TestEngine.start(), TestEngine.start()]);
  engines = started.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
  for (const one of started) if (one.status === "rejected") throw one.reason;
});
afterAll(() => Promise.all(engines.map((engine) => engine.stop())));

/** Runs a task that answers with a text on port 80. */
async function serve(engine: TestEngine, text: string): Promise<Side> {
  const fargate = await Fargate.prepare(engine);
  const root = busyboxRoot({ "www/index.html": text });
  const image = await fargate
    .push("web", root, { Cmd: ["httpd", "-f", "-h", "/www"] })
    .finally(() => rmSync(root, { recursive: true }));
  const group = await fargate.securityGroup("web", [allowTcp(80)]);
  const [task] = await fargate.start(await fargate.define([{ image }]), { groups: [group] });
  const url = `http://${await fargate.publicIp(task!)}/`;
  // It listens a moment after its container has started.
  await until(() => isListening(url), 60_000, `the web server at ${url}`);
  return { engine, fargate, url };
}

async function isListening(url: string): Promise<boolean> {
  return await fetch(url, { signal: AbortSignal.timeout(30_000) }).then(
    () => true,
    (cause: Error & { cause?: { code?: string } }) => {
      if (cause.cause?.code !== "ECONNREFUSED") throw cause;
      return false;
    },
  );
}

async function answer({ url }: Side): Promise<string> {
  return await (await fetch(url, { signal: AbortSignal.timeout(30_000) })).text();
}

async function status(engine: TestEngine): Promise<{ instance: string; publicPool: string }> {
  return JSON.parse((await engine.neargate(["status", "--json"])).stdout) as { instance: string; publicPool: string };
}

test("each answers for itself, and one goes without the other noticing", async () => {
  const [one, two] = await Promise.all([serve(engines[0]!, "one"), serve(engines[1]!, "two")]);
  expect(one.url).not.toBe(two.url);
  expect([await answer(one), await answer(two)]).toEqual(["one", "two"]);

  const { instance: gone } = await status(two.engine);
  expect(await traces(gone, two.engine.dataFolder)).not.toEqual([]);
  await two.engine.neargate(["down"]);
  expect(await traces(gone, two.engine.dataFolder)).toEqual([]);
  // Nothing is asked of the other's address any more: without its routes, the request would leave this machine.
  expect(await answer(one)).toBe("one");
  const { lines } = await one.fargate.script(`${one.engine.registry}/web:latest`, "echo still here");
  expect(lines).toEqual(["still here"]);
});

test("an engine that was down takes no addresses that another has meanwhile", async () => {
  const first = await TestEngine.start();
  engines.push(first);
  await first.neargate(["down"]);
  const second = await TestEngine.start();
  engines.push(second);
  await first.up();
  expect((await status(first)).publicPool).not.toBe((await status(second)).publicPool);
});
