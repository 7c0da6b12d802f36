import { Readable, Writable } from "node:stream";
import type { TerminalProgram } from "../backend.ts";

/** A shell's, for a command that it does not find. */
const NOT_FOUND = 127;

/** A program that says that none runs in simulated containers, and ends. */
export function simulatedTerminal(): TerminalProgram {
  return {
    output: Readable.from([Buffer.from("No program runs in a simulated container.\r\n")]),
    input: new Writable({ write: (_chunk, _encoding, done) => done() }),
    ended: Promise.resolve(NOT_FOUND),
    resize: async () => {},
    kill: async () => {},
  };
}
