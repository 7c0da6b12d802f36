import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { attempt } from "../support/command.ts";
import { TestEngine } from "../support/engine.ts";
import { busyboxRoot, writeLayout } from "../support/images.ts";

/* Debian's boto3, whose botocore is years older than the models here. */

let engine: TestEngine;
let layout: string;
beforeAll(async () => {
  layout = mkdtempSync(join(tmpdir(), "neargate-layout-"));
  engine = await TestEngine.start();
});
afterAll(async () => {
  await engine?.stop();
  rmSync(layout, { recursive: true, force: true });
});

test("boto3 makes tasks and a service, waits for them, and removes all", async () => {
  const root = busyboxRoot({ "www/index.html": "hello\n" });
  try {
    await writeLayout(root, { Cmd: ["httpd", "-f", "-v", "-p", "8080", "-h", "/www"] }, layout);
  } finally {
    rmSync(root, { recursive: true });
  }
  const script = join(import.meta.dirname, "boto3_walk.py");
  expect(await attempt("/usr/bin/python3", [script, engine.endpoint, layout], { env: engine.env })).toEqual({
    code: 0,
    stdout: "",
    stderr: "",
  });
});
