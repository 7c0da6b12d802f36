import { expect, test } from "vitest";
import { isFargateSize, parseCpu, parseMemory } from "./fargate-sizes.ts";

test.each([
  ["256", 256],
  ["1 vCPU", 1024],
  [".25 vcpu", 256],
  ["0.5vCPU", 512],
  ["32 vCPU", 32768],
])("cpu %s", (text, units) => {
  expect(parseCpu(text)).toBe(units);
});

test.each([
  ["512", 512],
  ["1GB", 1024],
  ["0.5 GB", 512],
  ["30 gb", 30720],
])("memory %s", (text, mebibytes) => {
  expect(parseMemory(text)).toBe(mebibytes);
});

test.each(["", "abc", "-1", "1 core", "0"])("cpu %j is refused", (text) => {
  expect(() => parseCpu(text)).toThrow("Invalid 'cpu' setting for task.");
});

test.each([
  [256, 512, true],
  [256, 1024, true],
  [256, 2048, true],
  [256, 3072, false],
  [512, 512, false],
  [512, 4096, true],
  [1024, 2048, true],
  [1024, 9216, false],
  [2048, 16384, true],
  [4096, 30720, true],
  [4096, 31744, false],
  [8192, 16384, true],
  [8192, 18432, false],
  [16384, 122880, true],
  [16384, 36864, false],
  [32768, 61440, true],
  [32768, 65536, false],
  [32768, 249856, true],
  [128, 512, false],
])("%i CPU units with %i MiB: %j", (cpu, memory, possible) => {
  expect(isFargateSize(cpu, memory)).toBe(possible);
});

test.each([
  [512, 1024, false],
  [1024, 2048, true],
  [4096, 30720, true],
  [8192, 16384, false],
])("%i CPU units with %i MiB for Windows: %j", (cpu, memory, possible) => {
  expect(isFargateSize(cpu, memory, "WINDOWS_SERVER_2022_CORE")).toBe(possible);
});
