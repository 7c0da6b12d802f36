import { expect, test } from "vitest";
import { run } from "./command.ts";

test("a program that takes too long is killed, and what it had started is not waited for", async () => {
  const began = performance.now();
  await expect(run("sh", ["-c", "sleep 20; echo late"], { timeoutMs: 200 })).rejects.toThrow("did not end in 0.2 s");
  expect(performance.now() - began).toBeLessThan(10_000);
});

test("a program that prints without end is killed", async () => {
  await expect(run("yes", [], { maxBytes: 10_000 })).rejects.toThrow("yes: printed more than 10000 bytes");
});
