import { formatArn } from "../../base/arn.ts";
import type { AuthorizationContext, AuthorizationRules } from "../../wire/authorization.ts";
import { check, conditions, requestTags } from "../../wire/checks.ts";
import { inCluster, onCluster } from "./authorization-subjects.ts";
import {
  clusterResource,
  containerInstanceResource,
  serviceResource,
  taskDefinitionResource,
} from "./authorized-resources.ts";
import type { Ecs } from "./ecs.ts";

interface OnInstances {
  cluster?: string;
  containerInstance?: string;
  containerInstances?: string[];
  attributes?: { targetId?: string }[];
}

/** What the operations on what there is none of need: container instances, daemons, Express Mode. */
export function elsewhereRules(ecs: Ecs): AuthorizationRules<typeof import("@aws-sdk/client-ecs")> {
  const onInstances =
    (action: string) =>
    (input: OnInstances, { scope }: AuthorizationContext) => {
      const targets = input.attributes?.map(({ targetId }) => targetId ?? "*");
      const instances = input.containerInstances ?? targets ?? [input.containerInstance ?? "*"];
      const resources = (instances.length ? instances : ["*"]).map((instance) =>
        containerInstanceResource(scope, input.cluster, instance),
      );
      return [check(action, resources, { conditions: inCluster(ecs, scope, input.cluster) })];
    };
  /** An action on what is named by its ARN. */
  const onArns =
    <Input>(action: string, type: string, named: (input: Input) => string | readonly string[] | undefined) =>
    (input: Input, { scope }: AuthorizationContext) => {
      const arns = [named(input) ?? []].flat();
      const resources = (arns.length ? arns : ["*"]).map((arn) => ({
        arn: arn.startsWith("arn:") ? arn : formatArn("ecs", scope, `${type}/${arn}`),
      }));
      return [check(action, resources)];
    };
  const onDaemon = (action: string) => onArns(action, "daemon", ({ daemonArn }: { daemonArn?: string }) => daemonArn);
  const onExpress = (action: string) =>
    onArns(action, "service", ({ serviceArn }: { serviceArn?: string }) => serviceArn);
  const onDaemonDefinition = (action: string) =>
    onArns(
      action,
      "daemon-task-definition",
      ({ daemonTaskDefinition }: { daemonTaskDefinition?: string }) => daemonTaskDefinition,
    );

  return {
    CreateDaemon: ({ clusterArn, daemonName = "*", tags }, { scope }) => [
      check(
        "ecs:CreateDaemon",
        { arn: `${clusterResource(ecs, scope, clusterArn).arn.replace(":cluster/", ":daemon/")}/${daemonName}` },
        { ...requestTags(tags), conditions: inCluster(ecs, scope, clusterArn) },
      ),
    ],
    CreateExpressGatewayService: ({ cluster, serviceName = "*", tags }, { scope }) => [
      check("ecs:CreateExpressGatewayService", serviceResource(ecs, scope, cluster, serviceName), requestTags(tags)),
    ],
    DeleteAttributes: onInstances("ecs:DeleteAttributes"),
    DeleteDaemon: onDaemon("ecs:DeleteDaemon"),
    DeleteDaemonTaskDefinition: onDaemonDefinition("ecs:DeleteDaemonTaskDefinition"),
    DeleteExpressGatewayService: onExpress("ecs:DeleteExpressGatewayService"),
    DeregisterContainerInstance: onCluster(ecs, "ecs:DeregisterContainerInstance"),
    DescribeContainerInstances: onInstances("ecs:DescribeContainerInstances"),
    DescribeDaemon: onDaemon("ecs:DescribeDaemon"),
    DescribeDaemonDeployments: onArns(
      "ecs:DescribeDaemonDeployments",
      "daemon-deployment",
      ({ daemonDeploymentArns }: { daemonDeploymentArns?: string[] }) => daemonDeploymentArns,
    ),
    DescribeDaemonRevisions: onArns(
      "ecs:DescribeDaemonRevisions",
      "daemon-revision",
      ({ daemonRevisionArns }: { daemonRevisionArns?: string[] }) => daemonRevisionArns,
    ),
    DescribeDaemonTaskDefinition: onDaemonDefinition("ecs:DescribeDaemonTaskDefinition"),
    DescribeExpressGatewayService: onExpress("ecs:DescribeExpressGatewayService"),
    ListAttributes: onCluster(ecs, "ecs:ListAttributes"),
    ListContainerInstances: onCluster(ecs, "ecs:ListContainerInstances"),
    ListDaemonDeployments: onDaemon("ecs:ListDaemonDeployments"),
    PutAttributes: onInstances("ecs:PutAttributes"),
    RegisterContainerInstance: onCluster(ecs, "ecs:RegisterContainerInstance"),
    RegisterDaemonTaskDefinition: ({ family = "*", tags }, { scope }) => [
      check(
        "ecs:RegisterDaemonTaskDefinition",
        { arn: formatArn("ecs", scope, `daemon-task-definition/${family}:*`) },
        requestTags(tags),
      ),
    ],
    StartTask: async ({ cluster, taskDefinition, containerInstances = [], tags }, { scope }) => {
      const { resource } = await taskDefinitionResource(ecs, scope, taskDefinition ?? "");
      const instances = containerInstances.map((instance) => containerInstanceResource(scope, cluster, instance).arn);
      return [
        check("ecs:StartTask", resource, {
          ...requestTags(tags),
          conditions: { ...inCluster(ecs, scope, cluster), ...conditions({ "ecs:container-instances": instances }) },
        }),
      ];
    },
    SubmitAttachmentStateChanges: onCluster(ecs, "ecs:SubmitAttachmentStateChanges"),
    SubmitContainerStateChange: onCluster(ecs, "ecs:SubmitContainerStateChange"),
    SubmitTaskStateChange: onCluster(ecs, "ecs:SubmitTaskStateChange"),
    UpdateContainerAgent: onInstances("ecs:UpdateContainerAgent"),
    UpdateContainerInstancesState: onInstances("ecs:UpdateContainerInstancesState"),
    UpdateDaemon: onDaemon("ecs:UpdateDaemon"),
    UpdateExpressGatewayService: onExpress("ecs:UpdateExpressGatewayService"),
  };
}
