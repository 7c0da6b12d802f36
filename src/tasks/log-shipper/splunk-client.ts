import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { SplunkTarget } from "../log-route.ts";

const COLLECTOR = "/services/collector/event/1.0";
/** As long as Docker's driver gives a batch. */
const TIMEOUT_MS = 30_000;
/** Of an answer that is shown. */
const MAX_ANSWER_BYTES = 1024;

const compress = promisify(gzip);

/** The collector's refusal. */
export class SplunkError extends Error {
  override name = "SplunkError";
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/**
 * Posts events to a Splunk HTTP Event Collector, from the host.
 * https://docs.splunk.com/Documentation/Splunk/latest/RESTREF/RESTinput#services.2Fcollector.2Fevent.2F1.0
 * @throws SplunkError when it answers anything but 200; Error when it cannot be reached
 */
export async function postToSplunk(target: SplunkTarget, events: Buffer, signal: AbortSignal): Promise<void> {
  const body = target.gzipLevel === undefined ? events : await compress(events, { level: target.gzipLevel });
  const headers = {
    authorization: `Splunk ${target.token}`,
    "content-length": body.length,
    ...(target.gzipLevel === undefined ? {} : { "content-encoding": "gzip" }),
  };
  await ask(target, "failed to send event", { method: "POST", headers, signal }, body);
}

/**
 * What `splunk-verify-connection` does.
 * @throws SplunkError, Error as {@link postToSplunk}
 */
export async function verifySplunk(target: SplunkTarget, signal: AbortSignal): Promise<void> {
  await ask(target, "failed to verify connection", { method: "OPTIONS", signal }, Buffer.alloc(0));
}

async function ask(target: SplunkTarget, failure: string, options: RequestOptions, body: Buffer): Promise<void> {
  const url = new URL(COLLECTOR, target.url);
  const signal = AbortSignal.any([options.signal!, AbortSignal.timeout(TIMEOUT_MS)]);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request =
      url.protocol === "https:"
        ? httpsRequest(url, { ...options, signal, rejectUnauthorized: !target.skipVerify }, resolve)
        : httpRequest(url, { ...options, signal }, resolve);
    request.on("error", reject);
    request.end(body);
  });
  const answer: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (length < MAX_ANSWER_BYTES) answer.push(chunk.subarray(0, MAX_ANSWER_BYTES - length));
    length += chunk.length;
  }
  const { statusCode = 0, statusMessage = "" } = response;
  if (statusCode === 200) return;
  const text = Buffer.concat(answer).toString();
  throw new SplunkError(`splunk: ${failure} - ${statusCode} ${statusMessage} - ${text}`, statusCode);
}
