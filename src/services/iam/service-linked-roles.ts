import type { CreateServiceLinkedRoleRequest } from "@aws-sdk/client-iam";
import type { Scope } from "../../base/scope.ts";
import { iamArn } from "./arns.ts";
import { invalidInput, unmodifiableEntity } from "./errors.ts";
import { newId } from "./ids.ts";
import type { Iam } from "./iam.ts";
import type { RoleRecord } from "./records.ts";
import { existingRole, insertRole } from "./roles.ts";
import { forgetAccesses } from "./service-accesses.ts";
import { attachmentId, iamKey, nameKey } from "./store.ts";
import { renameTrusted } from "./trusted-names.ts";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html */
interface LinkedService {
  roleName: string;
  policyName: string;
  description?: string;
}

const SERVICES: Readonly<Record<string, LinkedService>> = {
  "ecs.amazonaws.com": {
    roleName: "AWSServiceRoleForECS",
    policyName: "AmazonECSServiceRolePolicy",
    description: "Role to enable Amazon ECS to manage your cluster.",
  },
  "ecs.application-autoscaling.amazonaws.com": {
    roleName: "AWSServiceRoleForApplicationAutoScaling_ECSService",
    policyName: "AWSApplicationAutoscalingECSServicePolicy",
  },
  "elasticloadbalancing.amazonaws.com": {
    roleName: "AWSServiceRoleForElasticLoadBalancing",
    policyName: "AWSElasticLoadBalancingServiceRolePolicy",
    description: "Allows ELB to call AWS services on your behalf.",
  },
  "elasticfilesystem.amazonaws.com": {
    roleName: "AWSServiceRoleForAmazonElasticFileSystem",
    policyName: "AmazonElasticFileSystemServiceRolePolicy",
  },
  "replication.ecr.amazonaws.com": {
    roleName: "AWSServiceRoleForECRReplication",
    policyName: "ECRReplicationServiceRolePolicy",
  },
  "pullthroughcache.ecr.amazonaws.com": {
    roleName: "AWSServiceRoleForECRPullThroughCache",
    policyName: "AWSECRPullThroughCache_ServiceRolePolicy",
  },
};

const SESSION_SECONDS = 3600;

/**
 * Makes the role of a service because somebody asked for it.
 * @throws AwsError InvalidInput
 */
export async function newLinkedRole(
  iam: Iam,
  scope: Scope,
  { AWSServiceName: service, CustomSuffix: suffix, Description }: CreateServiceLinkedRoleRequest,
): Promise<RoleRecord> {
  const linked = linkedService(service!);
  if (suffix !== undefined) throw invalidInput(`Custom suffix is not allowed for ${service}`);
  return await iam.store.transaction(async () => {
    if (await iam.records.roles.get(iamKey(scope), nameKey(linked.roleName)))
      throw invalidInput(
        `Service role name ${linked.roleName} has been taken in this account, please try a different suffix.`,
      );
    return await insertLinkedRole(iam, scope, service!, Description ?? linked.description);
  });
}

/** Makes the role of a service unless it is there, as services do when they are first used. */
export async function ensureLinkedRole(iam: Iam, scope: Pick<Scope, "account">, service: string): Promise<void> {
  const { roleName, description } = linkedService(service);
  const find = () => iam.records.roles.get(iamKey(scope), nameKey(roleName));
  if (await find()) return;
  await iam.store.transaction(async () => {
    if (!(await find())) await insertLinkedRole(iam, scope, service, description);
  });
}

/**
 * Deletes the role of a service, or notes why not.
 * @returns the id of the task that tells which
 * @throws AwsError NoSuchEntity, UnmodifiableEntity for a role that is no service's
 */
export async function deleteLinkedRole(iam: Iam, scope: Scope, name: string): Promise<string> {
  const key = iamKey(scope);
  const { linkedService: service } = await existingRole(iam, scope, name);
  if (service === undefined) throw unmodifiableEntity(`Role ${name} is not a service-linked role.`);
  const taskId = `task/aws-service-role/${service}/${name}/${iam.ids.uuid()}`;
  const resources = (await iam.linkedRoleUsers.get(service)?.(scope)) ?? [];
  await iam.store.transaction(async () => {
    const role = await existingRole(iam, scope, name);
    const outcome = resources.length
      ? { status: "FAILED" as const, reason: `The role ${name} is in use.`, resources }
      : { status: "SUCCEEDED" as const };
    await iam.records.deletions.insert(key, taskId, { ...outcome, region: scope.region, at: iam.now() });
    if (resources.length) return;
    for (const { policyArn } of await iam.records.attachments.list(key, { where: { holderId: role.id } }))
      await iam.records.attachments.delete(key, attachmentId(role.id, policyArn));
    await iam.records.roles.delete(key, nameKey(name));
    await renameTrusted(iam, role.arn, role.id);
    await iam.lastUses.forget(key, role.id);
    await forgetAccesses(iam, scope, role.id);
  });
  return taskId;
}

/** The ARN that a service's role has, or would have. */
export function linkedRoleArn({ account }: Pick<Scope, "account">, service: string): string {
  const name = Object.hasOwn(SERVICES, service) ? SERVICES[service]!.roleName : "*";
  return iamArn(account, "role", `/aws-service-role/${service}/`, name);
}

function linkedService(service: string): LinkedService {
  const found = Object.hasOwn(SERVICES, service) ? SERVICES[service] : undefined;
  if (!found) throw invalidInput(`Service-linked roles of ${service} are not known here.`);
  return found;
}

async function insertLinkedRole(
  iam: Iam,
  scope: Pick<Scope, "account">,
  service: string,
  description: string | undefined,
): Promise<RoleRecord> {
  const { roleName, policyName } = linkedService(service);
  const path = `/aws-service-role/${service}/`;
  const statement = { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" };
  const role: RoleRecord = {
    id: newId(iam.ids, "AROA"),
    name: roleName,
    path,
    arn: iamArn(scope.account, "role", path, roleName),
    createdAt: iam.now(),
    trustPolicy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
    ...(description === undefined ? {} : { description }),
    maxSessionDuration: SESSION_SECONDS,
    tags: [],
    inlinePolicies: {},
    linkedService: service,
  };
  await insertRole(iam, scope, role);
  const policyArn = iamArn("aws", "policy", "/aws-service-role/", policyName);
  await iam.records.attachments.insert(iamKey(scope), attachmentId(role.id, policyArn), {
    holderKind: "role",
    holderId: role.id,
    policyArn,
    attachedAt: role.createdAt,
  });
  return role;
}
