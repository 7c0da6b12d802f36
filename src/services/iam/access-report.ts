import type { ServiceLastAccessed } from "@aws-sdk/client-iam";
import { parseArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";
import { actionsOf, TABLE_SERVICES, type TableService } from "../../identity/policy/action-facts.ts";
import { parsePolicy, type Policy } from "../../identity/policy/policy.ts";
import { nameInArn } from "./arns.ts";
import { invalidInput, noSuchEntity } from "./errors.ts";
import { existingGroup, groupsOf, membersOf } from "./groups.ts";
import { heldPolicies } from "./held-policies.ts";
import type { Iam } from "./iam.ts";
import { defaultVersionOf, existingPolicy, findPolicy } from "./managed-policies.ts";
import { attachedEntities } from "./policy-entities.ts";
import type { PolicyHolder } from "./records.ts";
import { existingRole } from "./roles.ts";
import { lastAccess } from "./service-accesses.ts";
import { existingUser } from "./users.ts";

type Account = Pick<Scope, "account">;

/** As AWS's service authorization reference calls them. */
const SERVICE_NAMES: Readonly<Record<TableService, string>> = {
  cloudtrail: "AWS CloudTrail",
  cloudwatch: "Amazon CloudWatch",
  ec2: "Amazon EC2",
  ecr: "Amazon Elastic Container Registry",
  ecs: "Amazon Elastic Container Service",
  elasticfilesystem: "Amazon Elastic File System",
  iam: "AWS Identity and Access Management (IAM)",
  kms: "AWS Key Management Service",
  logs: "Amazon CloudWatch Logs",
  s3: "Amazon S3",
  secretsmanager: "AWS Secrets Manager",
  servicediscovery: "AWS Cloud Map",
  ssm: "AWS Systems Manager",
  sts: "AWS Security Token Service",
};

/** What a report is about. */
interface Subject {
  policies: Policy[];
  /** The users and roles that have them. */
  entities: PolicyHolder[];
}

/**
 * The services of Neargate that a user, group, role or policy allows anything of, and who last asked something of them.
 * @throws AwsError NoSuchEntity, InvalidInput for what is no ARN of these
 */
export async function accessReport(iam: Iam, scope: Account, arn: string): Promise<ServiceLastAccessed[]> {
  const { policies, entities } = await subjectOf(iam, scope, arn);
  const report: ServiceLastAccessed[] = [];
  for (const service of TABLE_SERVICES)
    if (await allowsAnything(policies, service)) report.push(await accessTo(iam, scope, service, entities));
  return report.toSorted((a, b) => (a.ServiceName! < b.ServiceName! ? -1 : 1));
}

async function accessTo(
  iam: Iam,
  scope: Account,
  service: TableService,
  entities: readonly PolicyHolder[],
): Promise<ServiceLastAccessed> {
  const uses = await Promise.all(
    entities.map(async ({ arn, id }) => ({ arn, use: await lastAccess(iam, scope, id, service) })),
  );
  const known = uses.flatMap(({ arn, use }) => (use ? [{ arn, ...use }] : []));
  const [latest] = known.toSorted((a, b) => b.at.getTime() - a.at.getTime());
  return {
    ServiceName: SERVICE_NAMES[service],
    ServiceNamespace: service,
    TotalAuthenticatedEntities: known.length,
    ...(latest
      ? { LastAuthenticated: latest.at, LastAuthenticatedEntity: latest.arn, LastAuthenticatedRegion: latest.region }
      : {}),
  };
}

async function allowsAnything(policies: readonly Policy[], service: TableService): Promise<boolean> {
  const allowing = policies.flatMap(({ statements }) => statements.filter(({ effect }) => effect === "Allow"));
  const actions = await actionsOf(service);
  return allowing.some((statement) => actions.some((action) => statement.coversAction(action)));
}

async function subjectOf(iam: Iam, scope: Account, text: string): Promise<Subject> {
  const arn = parseArn(text);
  const kind = arn?.service === "iam" && arn.resource.includes("/") ? arn.resource.split("/")[0] : undefined;
  switch (kind) {
    case "user": {
      const user = named(text, await existingUser(iam, scope, nameInArn(text)));
      return await holding(iam, scope, [user, ...(await groupsOf(iam, scope, user.id))], [user]);
    }
    case "role": {
      const role = named(text, await existingRole(iam, scope, nameInArn(text)));
      return await holding(iam, scope, [role], [role]);
    }
    case "group": {
      const group = named(text, await existingGroup(iam, scope, nameInArn(text)));
      return await holding(iam, scope, [group], await membersOf(iam, scope, group.id));
    }
    case "policy": {
      const policy = await existingPolicy(iam, scope, text);
      const document = defaultVersionOf(policy).document;
      return { policies: [parsePolicy(document, "identity")], entities: await usersAndRoles(iam, scope, text) };
    }
    default:
      throw invalidInput(`ARN ${text} is not valid.`);
  }
}

/** @throws AwsError NoSuchEntity when the path or account is another */
function named<T extends PolicyHolder>(arn: string, holder: T): T {
  if (holder.arn !== arn) throw noSuchEntity(`ARN ${arn} cannot be found.`);
  return holder;
}

async function holding(
  iam: Iam,
  scope: Account,
  holders: readonly PolicyHolder[],
  entities: PolicyHolder[],
): Promise<Subject> {
  const { documents, arns } = await heldPolicies(iam, scope, holders);
  const managed = await Promise.all(arns.map((arn) => findPolicy(iam, scope, arn)));
  const texts = [...documents, ...managed.flatMap((policy) => (policy ? [defaultVersionOf(policy).document] : []))];
  return { policies: texts.map((document) => parsePolicy(document, "identity")), entities };
}

/** Whoever has a managed policy, also as a member of a group. */
async function usersAndRoles(iam: Iam, scope: Account, policyArn: string): Promise<PolicyHolder[]> {
  const attached = await attachedEntities(iam, scope, policyArn);
  const entities = await Promise.all(
    attached.map(async ({ kind, holder }) => (kind === "group" ? await membersOf(iam, scope, holder.id) : [holder])),
  );
  return [...new Map(entities.flat().map((entity) => [entity.id, entity])).values()];
}
