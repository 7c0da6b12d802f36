import { CloudWatchClient, PutMetricDataCommand, type MetricDatum } from "@aws-sdk/client-cloudwatch";
import { expect } from "vitest";
import type { TestEngine } from "../../support/engine.ts";

/** A client that tries once. @param protocol another than the SDK's own */
export function clientOf({ endpoint, region, credentials }: TestEngine, protocol?: unknown): CloudWatchClient {
  const config = { endpoint, region, credentials, maxAttempts: 1 };
  return new CloudWatchClient(protocol === undefined ? config : ({ ...config, protocol } as typeof config));
}

/** So many seconds ago. */
export const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);

export const putData = (client: CloudWatchClient, Namespace: string, ...MetricData: MetricDatum[]) =>
  client.send(new PutMetricDataCommand({ Namespace, MetricData }));

/** An error as the SDK throws it. */
export const refused = (name: string, status: number, message?: string | RegExp) =>
  expect.objectContaining({
    name,
    $metadata: expect.objectContaining({ httpStatusCode: status }),
    ...(message === undefined
      ? {}
      : { message: typeof message === "string" ? message : expect.stringMatching(message) }),
  });
