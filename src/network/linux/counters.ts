import { readFileSync } from "node:fs";
import type { InterfaceCounters } from "../backend.ts";
import { inNamespace, isNamespace } from "./namespace.ts";

/**
 * What passed the interface of a namespace since it was made, seen from within.
 * https://docs.kernel.org/networking/statistics.html
 * @returns `undefined` when the namespace or its interface is not there
 */
export function readCounters(path: string): InterfaceCounters | undefined {
  if (!isNamespace(path)) return undefined;
  const table = inNamespace(path, () => readFileSync("/proc/thread-self/net/dev", "utf8"));
  const line = /^\s*eth0:(.*)$/m.exec(table)?.[1];
  if (line === undefined) return undefined;
  const [rxBytes, rxPackets, rxErrors, rxDropped, , , , , txBytes, txPackets, txErrors, txDropped] = line
    .trim()
    .split(/\s+/)
    .map(Number) as [number, number, number, number, ...number[]];
  return {
    rxBytes,
    rxPackets,
    rxErrors,
    rxDropped,
    txBytes: txBytes!,
    txPackets: txPackets!,
    txErrors: txErrors!,
    txDropped: txDropped!,
  };
}
