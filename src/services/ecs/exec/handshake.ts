import { z } from "zod";

/** What the agent says that it is: clients turn on by it what they know of. */
const AGENT_VERSION = "3.3.1611.0";

const SUCCESS = 1;

/** Asks the client to be a terminal. */
export function handshakeRequest(): Buffer {
  const ActionParameters = { SessionType: "InteractiveCommands", Properties: null };
  return json({
    AgentVersion: AGENT_VERSION,
    RequestedClientActions: [{ ActionType: "SessionType", ActionParameters }],
  });
}

/** @param tookMs what the handshake took */
export function handshakeComplete(tookMs: number): Buffer {
  // In nanoseconds.
  return json({ HandshakeTimeToComplete: Math.round(tookMs * 1e6), CustomerMessage: "" });
}

const Response = z.object({
  ProcessedClientActions: z
    .array(z.object({ ActionType: z.string(), ActionStatus: z.number(), Error: z.string().nullish() }))
    .nullish(),
});

/** Why the client cannot do what it was asked for; `undefined` when it can. */
export function handshakeFailure(payload: Buffer): string | undefined {
  const response = Response.safeParse(parsed(payload));
  if (!response.success) return "Encountered error while initiating handshake. The response is not valid.";
  const failed = response.data.ProcessedClientActions?.find(({ ActionStatus }) => ActionStatus !== SUCCESS);
  return (
    failed &&
    `Encountered error while initiating handshake. ${failed.ActionType} failed on client with status ${failed.ActionStatus} error: ${failed.Error ?? ""}`
  );
}

const Size = z.object({ cols: z.int().min(1).max(65_535), rows: z.int().min(1).max(65_535) });

/** The size of a client's terminal; `undefined` when it is none. */
export function terminalSize(payload: Buffer): { cols: number; rows: number } | undefined {
  return Size.safeParse(parsed(payload)).data;
}

const Opening = z.object({ TokenValue: z.string() });

/** The token in the first message of a connection. */
export function tokenOf(payload: Buffer): string | undefined {
  return Opening.safeParse(parsed(payload)).data?.TokenValue;
}

function json(content: object): Buffer {
  return Buffer.from(JSON.stringify(content));
}

function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString());
  } catch {
    return undefined;
  }
}
