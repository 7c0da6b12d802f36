import { constants } from "node:os";

const SIGRTMIN = 34;
const SIGRTMAX = 64;

/** The number of a signal, as images and callers name it: `SIGTERM`, `term`, `15`, `SIGRTMIN+3`. `undefined` for none. */
export function signalNumber(text: string): number | undefined {
  const name = text.trim().toUpperCase().replace(/^SIG/, "");
  const number = numberOf(name);
  return number !== undefined && number >= 1 && number <= SIGRTMAX ? number : undefined;
}

function numberOf(name: string): number | undefined {
  if (/^\d+$/.test(name)) return Number(name);
  const realTime = /^RT(MIN|MAX)(?:([+-])(\d+))?$/.exec(name);
  if (!realTime) return (constants.signals as Record<string, number>)[`SIG${name}`];
  const offset = Number(realTime[3] ?? 0) * (realTime[2] === "-" ? -1 : 1);
  return (realTime[1] === "MIN" ? SIGRTMIN : SIGRTMAX) + offset;
}
