import type { CreateServiceRequest, UpdateServiceRequest } from "@aws-sdk/client-ecs";
import { formatArn } from "../../base/arn.ts";
import { scopeKey, type Scope } from "../../base/scope.ts";
import type { ConditionValues } from "../../identity/authorization.ts";
import type { AuthorizationContext, AuthorizationRules } from "../../wire/authorization.ts";
import { check, conditions, passRole, removedTags, requestTags } from "../../wire/checks.ts";
import { accountRules, tagging } from "./authorization-account.ts";
import { deploymentRules } from "./authorization-deployments.ts";
import { elsewhereRules } from "./authorization-elsewhere.ts";
import { atLeastOne, inCluster, onCluster } from "./authorization-subjects.ts";
import { taskSetRules } from "./authorization-task-sets.ts";
import {
  clusterResource,
  resourceByArn,
  serviceResource,
  taskDefinitionResource,
  taskResource,
} from "./authorized-resources.ts";
import { clusterName } from "./clusters.ts";
import type { Ecs } from "./ecs.ts";
import { parseCpu, parseMemory } from "./task-definition/fargate-sizes.ts";

const TASKS = "ecs-tasks.amazonaws.com";
const INFRASTRUCTURE = "ecs.amazonaws.com";

/**
 * What the operations of ECS need:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
 */
export function ecsRules(ecs: Ecs): AuthorizationRules<typeof import("@aws-sdk/client-ecs")> {
  const onServices = (action: string) => {
    return (input: { cluster?: string; service?: string; services?: string[] }, { scope }: AuthorizationContext) => {
      const references = input.services ?? (input.service === undefined ? [] : [input.service]);
      const resources = references.map((reference) => serviceResource(ecs, scope, input.cluster, reference));
      return [check(action, atLeastOne(resources), { conditions: inCluster(ecs, scope, input.cluster) })];
    };
  };
  const onTasks = (action: string) => {
    return (input: { cluster?: string; task?: string; tasks?: string[] }, { scope }: AuthorizationContext) => {
      const references = input.tasks ?? (input.task === undefined ? [] : [input.task]);
      const resources = references.map((reference) => taskResource(ecs, scope, input.cluster, reference));
      return [check(action, atLeastOne(resources), { conditions: inCluster(ecs, scope, input.cluster) })];
    };
  };
  const onArn = ({ resourceArn }: { resourceArn?: string }, { scope }: AuthorizationContext) =>
    resourceByArn(ecs, scope, resourceArn ?? "*");

  return {
    ...accountRules(ecs),
    ...deploymentRules(ecs),
    ...elsewhereRules(ecs),
    ...taskSetRules(ecs),
    CreateCluster: async (input, { scope, principal }) => {
      const { arn } = clusterResource(ecs, scope, input.clusterName);
      const keys = conditions({ "ecs:capacity-provider": input.capacityProviders });
      return [
        check("ecs:CreateCluster", { arn }, { ...requestTags(input.tags), conditions: keys }),
        ...(await tagging(ecs, { scope, principal }, "CreateCluster", arn, input.tags)),
      ];
    },
    CreateService: async (input, { scope, principal }) => {
      const { arn } = serviceResource(ecs, scope, input.cluster, input.serviceName ?? "");
      return [
        check(
          "ecs:CreateService",
          { arn },
          {
            ...requestTags(input.tags),
            conditions: { ...inCluster(ecs, scope, input.cluster), ...(await serviceKeys(ecs, scope, input)) },
          },
        ),
        ...(await tagging(ecs, { scope, principal }, "CreateService", arn, input.tags)),
        ...passInfrastructureRoles(input, scope),
      ];
    },
    DeleteCluster: onCluster(ecs, "ecs:DeleteCluster"),
    DeleteTaskDefinitions: async ({ taskDefinitions = [] }, { scope }) => {
      const found = await Promise.all(taskDefinitions.map((one) => taskDefinitionResource(ecs, scope, one)));
      return [check("ecs:DeleteTaskDefinitions", atLeastOne(found.map(({ resource }) => resource)))];
    },
    DeleteService: onServices("ecs:DeleteService"),
    DescribeClusters: ({ clusters }, { scope }) => [
      check(
        "ecs:DescribeClusters",
        (clusters?.length ? clusters : [undefined]).map((reference) => clusterResource(ecs, scope, reference)),
      ),
    ],
    DeregisterTaskDefinition: () => [check("ecs:DeregisterTaskDefinition")],
    DescribeTaskDefinition: () => [check("ecs:DescribeTaskDefinition")],
    DescribeServices: onServices("ecs:DescribeServices"),
    DescribeTasks: onTasks("ecs:DescribeTasks"),
    ExecuteCommand: ({ cluster, task, container }, { scope }) => [
      check(
        "ecs:ExecuteCommand",
        [clusterResource(ecs, scope, cluster), taskResource(ecs, scope, cluster, task ?? "")],
        {
          conditions: conditions({
            ...inCluster(ecs, scope, cluster),
            "ecs:container-name": container,
            "ecs:task": taskResource(ecs, scope, cluster, task ?? "").arn,
          }),
        },
      ),
    ],
    GetTaskProtection: onTasks("ecs:GetTaskProtection"),
    ListClusters: () => [check("ecs:ListClusters")],
    ListServices: ({ cluster }, { scope }) => [
      check("ecs:ListServices", undefined, { conditions: inCluster(ecs, scope, cluster) }),
    ],
    ListServicesByNamespace: ({ namespace }) => [
      check("ecs:ListServicesByNamespace", undefined, { conditions: conditions({ "ecs:namespace": namespace }) }),
    ],
    ListTagsForResource: async (input, context) => [check("ecs:ListTagsForResource", await onArn(input, context))],
    ListTaskDefinitionFamilies: () => [check("ecs:ListTaskDefinitionFamilies")],
    ListTaskDefinitions: () => [check("ecs:ListTaskDefinitions")],
    // Its resources are container instances, of which Fargate has none: those of the cluster stand for them.
    ListTasks: ({ cluster }, { scope }) => {
      const { arn } = clusterResource(ecs, scope, cluster);
      const keys = inCluster(ecs, scope, cluster);
      return [
        check("ecs:ListTasks", { arn: `${arn.replace(":cluster/", ":container-instance/")}/*` }, { conditions: keys }),
      ];
    },
    RegisterTaskDefinition: async (input, { scope, principal }) => {
      const arn = formatArn("ecs", scope, `task-definition/${input.family ?? ""}:*`);
      const keys = conditions({
        ...sizeKeys(input),
        "ecs:compute-compatibility": input.requiresCompatibilities,
        "ecs:privileged": input.containerDefinitions?.some(({ privileged }) => privileged) ?? false,
      });
      return [
        check("ecs:RegisterTaskDefinition", { arn }, { ...requestTags(input.tags), conditions: keys }),
        ...(await tagging(ecs, { scope, principal }, "RegisterTaskDefinition", arn, input.tags)),
        ...passRole([input.executionRoleArn, input.taskRoleArn], TASKS, scope.account),
      ];
    },
    RunTask: async (input, { scope, principal }) => {
      const { resource, definition } = await taskDefinitionResource(ecs, scope, input.taskDefinition ?? "");
      const keys = conditions({
        ...inCluster(ecs, scope, input.cluster),
        "ecs:capacity-provider": names(input.capacityProviderStrategy),
        "ecs:enable-ebs-volumes": Boolean(input.volumeConfigurations?.length),
        "ecs:enable-execute-command": input.enableExecuteCommand ?? false,
        ...sizeKeys({
          cpu: input.overrides?.cpu ?? definition?.cpu,
          memory: input.overrides?.memory ?? definition?.memory,
        }),
      });
      const tasks = `${clusterResource(ecs, scope, input.cluster).arn.replace(":cluster/", ":task/")}/*`;
      const roles = [
        input.overrides?.executionRoleArn || definition?.executionRoleArn,
        input.overrides?.taskRoleArn || definition?.taskRoleArn,
      ];
      return [
        check("ecs:RunTask", resource, { ...requestTags(input.tags), conditions: keys }),
        ...(await tagging(ecs, { scope, principal }, "RunTask", tasks, input.tags)),
        ...passRole(roles, TASKS, scope.account),
        ...passInfrastructureRoles(input, scope),
      ];
    },
    StopTask: onTasks("ecs:StopTask"),
    TagResource: async (input, context) => [
      check("ecs:TagResource", await onArn(input, context), requestTags(input.tags)),
    ],
    UntagResource: async (input, context) => [
      check("ecs:UntagResource", await onArn(input, context), removedTags(input.tagKeys)),
    ],
    UpdateCluster: onCluster(ecs, "ecs:UpdateCluster"),
    UpdateClusterSettings: onCluster(ecs, "ecs:UpdateClusterSettings"),
    UpdateService: async (input, { scope }) => [
      check("ecs:UpdateService", serviceResource(ecs, scope, input.cluster, input.service ?? ""), {
        conditions: { ...inCluster(ecs, scope, input.cluster), ...(await serviceKeys(ecs, scope, input)) },
      }),
      ...passInfrastructureRoles(input, scope),
    ],
    UpdateTaskProtection: onTasks("ecs:UpdateTaskProtection"),
  };
}

async function serviceKeys(
  ecs: Ecs,
  scope: Scope,
  input: CreateServiceRequest | UpdateServiceRequest,
): Promise<ConditionValues> {
  const network = input.networkConfiguration?.awsvpcConfiguration;
  const runs = input.taskDefinition ? await taskDefinitionResource(ecs, scope, input.taskDefinition) : undefined;
  return conditions({
    ...sizeKeys(runs?.definition ?? {}),
    "ecs:auto-assign-public-ip": network && network.assignPublicIp === "ENABLED",
    "ecs:capacity-provider": names(input.capacityProviderStrategy),
    "ecs:enable-ebs-volumes": input.volumeConfigurations && input.volumeConfigurations.length > 0,
    "ecs:enable-ecs-managed-tags": input.enableECSManagedTags,
    "ecs:enable-execute-command": input.enableExecuteCommand,
    "ecs:enable-service-connect": input.serviceConnectConfiguration?.enabled,
    "ecs:enable-vpc-lattice": input.vpcLatticeConfigurations && input.vpcLatticeConfigurations.length > 0,
    "ecs:namespace": await namespaceArn(ecs, scope, input),
    "ecs:propagate-tags": input.propagateTags,
    "ecs:subnet": network?.subnets,
    "ecs:task-definition": runs?.resource.arn,
  });
}

/** The size of a task in units and MiB, however it is spelled; one that cannot be read is the operation's to refuse. */
function sizeKeys({ cpu, memory }: { cpu?: string | undefined; memory?: string | undefined }) {
  const size = (parse: (text: string) => number, text: string | undefined) => {
    try {
      return text && parse(text);
    } catch {
      return text;
    }
  };
  return { "ecs:task-cpu": size(parseCpu, cpu), "ecs:task-memory": size(parseMemory, memory) };
}

/** The namespace of Service Connect: the request's, by name or ARN, or the cluster's. */
async function namespaceArn(
  ecs: Ecs,
  scope: Scope,
  {
    cluster,
    serviceConnectConfiguration: connect,
  }: Pick<CreateServiceRequest, "cluster" | "serviceConnectConfiguration">,
): Promise<string | undefined> {
  if (!connect?.enabled) return connect?.namespace;
  const found = await ecs.store.clusters.get(scopeKey(scope), clusterName(cluster));
  const nameOrArn = connect.namespace || found?.defaultNamespace;
  return nameOrArn && ((await ecs.directory.findNamespace(scope, nameOrArn))?.arn ?? nameOrArn);
}

/** The roles by which ECS itself makes volumes and certificates. */
function passInfrastructureRoles(
  input: Pick<CreateServiceRequest, "volumeConfigurations" | "serviceConnectConfiguration">,
  { account }: Scope,
) {
  const volumes = input.volumeConfigurations?.map(({ managedEBSVolume }) => managedEBSVolume?.roleArn) ?? [];
  const certificates = input.serviceConnectConfiguration?.services?.map(({ tls }) => tls?.roleArn) ?? [];
  return passRole([...volumes, ...certificates], INFRASTRUCTURE, account);
}

function names(strategy: readonly { capacityProvider?: string | undefined }[] | undefined): string[] | undefined {
  return strategy?.flatMap(({ capacityProvider }) => capacityProvider ?? []);
}
