import type { Scope } from "../../../base/scope.ts";
import type { DirectoryNamespace } from "../../servicediscovery/directory.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter, namespaceNotFound } from "../errors.ts";

const MAX_NAME = 1024;
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ClusterServiceConnectDefaultsRequest.html */
const FORBIDDEN = /[~><"/\s]/;

/** A namespace by name or ARN, of any type. @throws AwsError NamespaceNotFoundException */
export async function findNamespace(ecs: Ecs, scope: Scope, nameOrArn: string): Promise<DirectoryNamespace> {
  const found = await ecs.directory.findNamespace(scope, nameOrArn);
  if (!found) throw namespaceNotFound(nameOrArn);
  return found;
}

/**
 * The ARN of a cluster's default namespace: an existing one's, or that of an HTTP namespace that is made under a new
 * name.
 * @returns `undefined` for the empty name, which takes a default away
 * @throws AwsError
 */
export async function defaultNamespace(ecs: Ecs, scope: Scope, nameOrArn: string): Promise<string | undefined> {
  if (!nameOrArn) return undefined;
  const found = await ecs.directory.findNamespace(scope, nameOrArn);
  if (found) return found.arn;
  if (nameOrArn.startsWith("arn:")) throw namespaceNotFound(nameOrArn);
  if (nameOrArn.length > MAX_NAME || FORBIDDEN.test(nameOrArn))
    throw invalidParameter(`Invalid namespace name: ${nameOrArn}`);
  return (await ecs.directory.ensureHttpNamespace(scope, nameOrArn)).arn;
}
