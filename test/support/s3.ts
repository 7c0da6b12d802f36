import { Agent } from "node:http";
import { S3Client } from "@aws-sdk/client-s3";
import type { TestEngine } from "./engine.ts";

type Style = "path" | "virtual-hosted";

/** An SDK client that addresses buckets as its endpoint makes it: by path for an address, in the host for a name. */
export function s3Client(engine: TestEngine, style: Style = "path", credentials = engine.credentials): S3Client {
  const { port } = new URL(engine.endpoint);
  const config = { region: engine.region, credentials, maxAttempts: 1 };
  if (style === "path") return new S3Client({ ...config, endpoint: engine.endpoint });
  // Not every resolver knows the names below localhost.
  const lookup = (_name: string, options: { all?: boolean }, done: (...answer: unknown[]) => void) =>
    options.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);
  const httpAgent = new Agent({ keepAlive: true, lookup: lookup as never });
  return new S3Client({ ...config, endpoint: `http://localhost:${port}`, requestHandler: { httpAgent } });
}
