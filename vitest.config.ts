import { defineConfig } from "vitest/config";
import { PATIENCE } from "./test/support/patience.ts";

/**
 * unit: logic beside its source. roundtrip: every operation of every client through the wire. conformance: black box,
 * with the AWS CLI and SDKs. system: real containers, networks and processes, as root.
 */
export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["src/**/*.test.ts"], testTimeout: 30_000, sequence: { groupOrder: 0 } } },
      {
        test: {
          name: "roundtrip",
          include: ["test/roundtrip/**/*.test.ts"],
          testTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "conformance",
          include: ["test/conformance/**/*.test.ts"],
          testTimeout: 240_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: "system",
          include: ["test/system/**/*.test.ts"],
          testTimeout: 120_000 * PATIENCE,
          hookTimeout: 120_000 * PATIENCE,
          expect: { poll: { timeout: 1000 * PATIENCE } },
          // They mostly wait: two at a time use the cores without being late.
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
