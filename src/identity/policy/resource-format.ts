import { arnParts } from "./arn-parts.ts";
import { PolicyError } from "./policy-error.ts";

const PARTITIONS: ReadonlySet<string> = new Set([
  "aws",
  "aws-cn",
  "aws-us-gov",
  "aws-eusc",
  "aws-iso",
  "aws-iso-b",
  "aws-iso-e",
  "aws-iso-f",
  "*",
]);

const IAM_PATHS = [
  "user/",
  "federated-user/",
  "role/",
  "group/",
  "instance-profile/",
  "mfa/",
  "server-certificate/",
  "policy/",
  "sms-mfa/",
  "saml-provider/",
  "oidc-provider/",
  "report/",
  "access-report/",
];

/** What IAM's oldest parser does not take: an ARN that lacks just its last part, or its service. */
export function failsLegacyParsing(resource: string): boolean {
  if (!resource.startsWith("arn:")) return false;
  const parts = arnParts(resource);
  return (parts.length === 5 && !resource.endsWith("*")) || parts[2] === "";
}

/**
 * Checks what an identity policy says of resources.
 * @throws PolicyError in IAM's words
 */
export function checkResource(resource: string): void {
  if (resource === "*") return;
  if (!resource.includes(":")) throw new PolicyError(`Resource ${resource} must be in ARN format or "*".`);
  const parts = arnParts(resource);
  const [, partition = "", service, region, account, path] = parts;
  if (!resource.startsWith("arn:") || !PARTITIONS.has(partition)) {
    const rest = [2, 3, 4, 5].map((index) => parts[index] ?? "*").join(":");
    throw new PolicyError(`Partition "${partition}" is not valid for resource "arn:${partition}:${rest}".`);
  }
  if (service === undefined || /[*?]/.test(service))
    throw new PolicyError("Resource vendor must be fully qualified and cannot contain regexes.");
  const isRegional = region !== undefined && region !== "" && region !== "*";
  if (service === "iam" && isRegional)
    throw new PolicyError(`IAM resource ${resource} cannot contain region information.`);
  if (service === "s3" && isRegional && account === "")
    throw new PolicyError(`Resource ${resource} can not contain region information.`);
  if (service === "iam" && path !== undefined && !isIamPath(path))
    throw new PolicyError(`IAM resource path must either be "*" or start with ${IAM_PATHS.join(", ")}.`);
}

/** An ARN that ends early means everything that begins like it. */
export function completeArn(resource: string): string {
  return resource.startsWith("arn:") && arnParts(resource).length < 5 ? `${resource}:*` : resource;
}

/** Whether one of the paths may be meant, as far as a text goes that ends in a wildcard or variable. */
function isIamPath(path: string): boolean {
  const literal = /^[^*?$]*/.exec(path)![0];
  const open = literal.length < path.length;
  return IAM_PATHS.some((start) => literal.startsWith(start) || (open && start.startsWith(literal)));
}
