import { connect } from "node:net";

/** How long HAProxy may take to answer. Milliseconds. */
const DEADLINE_MS = 5000;

/**
 * Sends commands to HAProxy's runtime socket, see "Unix Socket commands" of its management guide.
 * @returns the answers, in one text; an empty line ends each
 * @throws Error when it does not answer within 5 seconds
 */
export function haproxyCommands(socketPath: string, commands: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    const chunks: Buffer[] = [];
    socket.setTimeout(DEADLINE_MS, () => socket.destroy(new Error(`${socketPath} does not answer`)));
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
    socket.write(`${commands.join("; ")}\n`);
  });
}
