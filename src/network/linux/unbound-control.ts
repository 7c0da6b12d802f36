import { connect } from "node:net";

const END_OF_LIST = "\u0004\n";

/**
 * So many lines surely fit into the socket's buffer, and reach unbound whole or not at all. A list that ends too early,
 * because we died, makes unbound 1.17 read the same nothing for ever.
 */
const LINES_AT_ONCE = 200;

/**
 * Sends one command to unbound's control socket and returns its answer, see unbound-control(8).
 * @throws Error when unbound does not answer within 5 seconds, or with an error
 */
export async function unboundControl(socketPath: string, command: string): Promise<string> {
  const answer = await exchange(socketPath, `UBCT1 ${command}\n`);
  if (answer.startsWith("error")) throw new Error(`unbound ${command}: ${answer.trim()}`);
  return answer;
}

/**
 * Sends a command that reads a list, such as `local_datas`.
 * @throws Error as {@link unboundControl}; the other lines count then
 */
export async function unboundControlList(socketPath: string, command: string, lines: readonly string[]): Promise<void> {
  for (let at = 0; at < lines.length; at += LINES_AT_ONCE) {
    const part = lines.slice(at, at + LINES_AT_ONCE);
    const answer = await exchange(socketPath, `UBCT1 ${command}\n${part.join("\n")}\n${END_OF_LIST}`);
    if (/^error/m.test(answer)) throw new Error(`unbound ${command}: ${answer.trim()}`);
  }
}

function exchange(socketPath: string, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    const chunks: Buffer[] = [];
    socket.setTimeout(5000, () => socket.destroy(new Error(`${socketPath} does not answer`)));
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
    socket.write(request);
  });
}
