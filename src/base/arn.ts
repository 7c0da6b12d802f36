import type { Scope } from "./scope.ts";

/** The parts of an Amazon Resource Name, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export interface Arn {
  partition: string;
  service: string;
  region: string;
  account: string;
  /** Everything behind the fifth colon, such as `task/cluster/0123`. */
  resource: string;
}

/** Builds `arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE`. */
export function formatArn(service: string, scope: Scope, resource: string): string {
  return `arn:aws:${service}:${scope.region}:${scope.account}:${resource}`;
}

/** Splits an ARN; `undefined` when the text is not one. */
export function parseArn(text: string): Arn | undefined {
  const [prefix, partition, service, region, account, ...resource] = text.split(":");
  if (prefix !== "arn" || !partition || !service || region === undefined || account === undefined || !resource.length)
    return undefined;
  return { partition, service, region, account, resource: resource.join(":") };
}
