import { randomUUID } from "node:crypto";
import type { NamespaceType, Tag } from "@aws-sdk/client-servicediscovery";
import { scopeKey, type Scope } from "../../base/scope.ts";
import { isDnsName, zoneName } from "./dns-names.ts";
import {
  invalidInput,
  limitExceeded,
  namespaceExists,
  namespaceNotFound,
  OperationFailure,
  operationInProgress,
} from "./errors.ts";
import { newHostedZoneId, newNamespaceId, resourceArn, resourceId } from "./identifiers.ts";
import { countSubmitted, repeated, submit, unfinished } from "./operation-log.ts";
import type { Request } from "./request.ts";
import type { ServiceDiscovery } from "./service-discovery.ts";
import type { NamespaceRecord } from "./store.ts";
import { withTags } from "./tags.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/dg/cloud-map-limits.html */
const MAX_NAMESPACES = 50;
const DEFAULT_SOA_TTL = 15;

export type CreateNamespace = Extract<Request, { kind: "CREATE_NAMESPACE" }>;

/** @throws AwsError NamespaceNotFound */
export async function namespaceOf(sd: ServiceDiscovery, scope: Scope, idOrArn: string): Promise<NamespaceRecord> {
  const id = resourceId(scope, "namespace", idOrArn);
  const namespace = id === undefined ? undefined : await sd.records.namespaces.get(scopeKey(scope), id);
  if (!namespace) throw namespaceNotFound(idOrArn);
  return namespace;
}

/** Whether a namespace is about to be deleted: then nothing begins in it. */
export async function isGoing(sd: ServiceDiscovery, scope: Scope, { namespaceId }: NamespaceRecord): Promise<boolean> {
  return (await countSubmitted(sd, scope, { type: "DELETE_NAMESPACE", namespaceId })) > 0;
}

/** Those of one name, HTTP namespaces first, then the oldest. */
export async function namespacesNamed(sd: ServiceDiscovery, scope: Scope, name: string): Promise<NamespaceRecord[]> {
  const found = await sd.records.namespaces.list(scopeKey(scope), { where: { name } });
  const rank = ({ type }: NamespaceRecord) => (type === "HTTP" ? 0 : 1);
  return found.toSorted((a, b) => rank(a) - rank(b) || a.createDate.getTime() - b.createDate.getTime());
}

/**
 * Has a namespace made.
 * @returns the operation's id; that of the first request for a repeated one
 * @throws AwsError NamespaceAlreadyExists, DuplicateRequest, InvalidInput, ResourceLimitExceeded, TooManyTagsException
 */
export async function submitNamespace(
  sd: ServiceDiscovery,
  scope: Scope,
  input: { Name?: string; Description?: string; Tags?: Tag[]; CreatorRequestId?: string },
  more: { type: NamespaceType; vpcId?: string; soaTtl?: number },
): Promise<{ OperationId: string }> {
  const { Name: name, Description: description, CreatorRequestId: requestId = randomUUID() } = input;
  const namespaceId = newNamespaceId(sd.ids);
  const request: CreateNamespace = {
    kind: "CREATE_NAMESPACE",
    name: name!,
    ...(description !== undefined && { description }),
    ...more,
    tags: withTags([], input.Tags ?? [], resourceArn(scope, "namespace", namespaceId)),
  };
  if (more.vpcId !== undefined && !(await sd.ec2.hasVpc(scope, more.vpcId)))
    throw invalidInput(`The VPC ${more.vpcId} does not exist in region ${scope.region}.`);
  return await sd.store.transaction(async () => {
    const first = await repeated(sd, scope, request, requestId);
    if (first) return { OperationId: first };
    await checkName(sd, scope, request);
    await checkRoomForNamespace(sd, scope);
    return await submit(sd, scope, { namespaceId }, request, requestId);
  });
}

/** Private namespaces of one name may be in several VPCs: their conflicts are found by the operation. */
async function checkName(sd: ServiceDiscovery, scope: Scope, { name, type }: CreateNamespace): Promise<void> {
  if (type === "DNS_PRIVATE") return;
  const taken = (await namespacesNamed(sd, scope, name)).find((each) => each.type === type);
  if (taken) throw namespaceExists(taken);
  const busy = (await unfinished(sd, scope, { type: "CREATE_NAMESPACE" })).find(
    ({ request }) => request.kind === "CREATE_NAMESPACE" && request.name === name && request.type === type,
  );
  if (busy) throw operationInProgress(busy.type, busy.operationId);
}

/** @throws AwsError ResourceLimitExceeded */
export async function checkRoomForNamespace(sd: ServiceDiscovery, scope: Scope): Promise<void> {
  const coming = await countSubmitted(sd, scope, { type: "CREATE_NAMESPACE" });
  if ((await sd.records.namespaces.count(scopeKey(scope))) + coming >= MAX_NAMESPACES)
    throw limitExceeded(`The number of namespaces exceeds the quota of ${MAX_NAMESPACES}.`);
}

/**
 * Makes a namespace, inside of a transaction.
 * @throws OperationFailure when its zone cannot be
 */
export async function createNamespace(
  sd: ServiceDiscovery,
  scope: Scope,
  namespaceId: string,
  request: CreateNamespace,
  creatorRequestId: string,
): Promise<NamespaceRecord> {
  const { name, type, description, vpcId, soaTtl = DEFAULT_SOA_TTL, tags } = request;
  const hasDns = type !== "HTTP";
  await checkStillFree(sd, scope, request);
  if (hasDns) await checkZone(sd, scope, request);
  const namespace: NamespaceRecord = {
    namespaceId,
    name,
    type,
    ...(description !== undefined && { description }),
    ...(vpcId !== undefined && { vpcId }),
    ...(hasDns && { hostedZoneId: newHostedZoneId(sd.ids), soaTtl }),
    creatorRequestId,
    createDate: new Date(sd.clock.now()),
    tags,
  };
  await sd.records.namespaces.insert(scopeKey(scope), namespaceId, namespace);
  return namespace;
}

/** Another service may have made an HTTP namespace since the operation was submitted. */
async function checkStillFree(sd: ServiceDiscovery, scope: Scope, { name, type }: CreateNamespace): Promise<void> {
  if (type === "DNS_PRIVATE") return;
  if ((await namespacesNamed(sd, scope, name)).some((each) => each.type === type))
    throw new OperationFailure("INTERNAL_FAILURE", `Namespace with name ${name} already exists.`);
}

async function checkZone(sd: ServiceDiscovery, scope: Scope, { name, vpcId }: CreateNamespace): Promise<void> {
  if (!isDnsName(name)) throw new OperationFailure("CANNOT_CREATE_HOSTED_ZONE", `${name} is not a valid domain name.`);
  if (vpcId === undefined) return;
  const zones = await sd.records.namespaces.list(scopeKey(scope), { where: { vpcId } });
  const same = zones.find((zone) => zoneName(zone.name) === zoneName(name));
  if (same)
    throw new OperationFailure(
      "CANNOT_CREATE_HOSTED_ZONE",
      `The VPC ${vpcId} in region ${scope.region} has already been associated with the hosted zone ${same.hostedZoneId} with the same domain name.`,
    );
}

/**
 * Has a namespace of one type changed.
 * @throws AwsError NamespaceNotFound, InvalidInput for one of another type, DuplicateRequest
 */
export async function submitNamespaceUpdate(
  sd: ServiceDiscovery,
  scope: Scope,
  type: NamespaceType,
  { Id, UpdaterRequestId }: { Id?: string; UpdaterRequestId?: string },
  change: { description?: string; soaTtl?: number },
): Promise<{ OperationId: string }> {
  return await sd.store.transaction(async () => {
    const namespace = await namespaceOf(sd, scope, Id!);
    if (namespace.type !== type) throw invalidInput(`The namespace ${namespace.namespaceId} is not of type ${type}.`);
    const { description, soaTtl } = change;
    const request: Request = {
      kind: "UPDATE_NAMESPACE",
      ...(description !== undefined && { description }),
      ...(soaTtl !== undefined && { soaTtl }),
    };
    return await submit(sd, scope, { namespaceId: namespace.namespaceId }, request, UpdaterRequestId);
  });
}
