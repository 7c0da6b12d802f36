import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ECRClient } from "@aws-sdk/client-ecr";
import { ECSClient } from "@aws-sdk/client-ecs";
import { IAMClient } from "@aws-sdk/client-iam";

/** Where the demo deploys to, and as whom. */
export interface DemoTarget {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** Clients of the services that the demo uses: nothing but the public API. */
export interface Clients {
  ecs: ECSClient;
  ecr: ECRClient;
  ec2: EC2Client;
  iam: IAMClient;
  logs: CloudWatchLogsClient;
}

export function createClients({ endpoint, region, accessKeyId, secretAccessKey }: DemoTarget): Clients {
  const config = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
  return {
    ecs: new ECSClient(config),
    ecr: new ECRClient(config),
    ec2: new EC2Client(config),
    iam: new IAMClient(config),
    logs: new CloudWatchLogsClient(config),
  };
}

/** Resolves to `undefined` where the request fails with one of these errors. */
export async function unless<T>(errors: readonly string[], request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (cause) {
    if (cause instanceof Error && errors.includes(cause.name)) return undefined;
    throw cause;
  }
}
