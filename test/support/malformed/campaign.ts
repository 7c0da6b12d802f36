import { describeRequest, faultOf } from "./answers.ts";
import { Requests, type FuzzProtocol, type Target } from "./requests.ts";
import { Sender } from "./sender.ts";

const CONNECTIONS = 4;
/** Requests that are sent without waiting for answers between them. */
const IN_A_ROW = 8;
const ENOUGH = 10;

export interface Campaign {
  port: number;
  protocol: FuzzProtocol;
  targets: readonly Target[];
  /** How many. */
  requests: number;
  seed: number;
}

/** Sends malformed requests over a few connections. @returns what was wrong with answers; the first few */
export async function campaign({ port, protocol, targets, requests, seed }: Campaign): Promise<string[]> {
  const made = new Requests(protocol, targets, seed);
  const numbers = Array.from({ length: requests }, (_, number) => number).values();
  const faults: string[] = [];
  const worker = async () => {
    const sender = new Sender(port);
    for (let row = [...numbers.take(IN_A_ROW)]; row.length; row = [...numbers.take(IN_A_ROW)]) {
      const sent = row.map((number) => made.next(number));
      const answers = await sender.send(sent);
      for (const [at, request] of sent.entries()) {
        const fault = faultOf(protocol, request, answers[at]!);
        if (fault !== undefined) faults.push(`${describeRequest(request)}: ${fault}`);
      }
      if (faults.length >= ENOUGH) break;
    }
    sender.close();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return faults;
}
