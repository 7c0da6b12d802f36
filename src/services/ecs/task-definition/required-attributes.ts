import type { Attribute, ContainerDefinition, RegisterTaskDefinitionRequest } from "@aws-sdk/client-ecs";
import { parseArn } from "../../../base/arn.ts";
import { usesEfsAuthorization } from "./efs-volume.ts";

const AGENT = "com.amazonaws.ecs.capability";
const ECS = "ecs.capability";

/**
 * What the definition needs of an agent: ECS works it out, clients show it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-definition-placement-attributes.html
 * @returns in the order in which ECS lists it; empty when nothing is needed
 */
export function requiredAttributes(input: RegisterTaskDefinitionRequest): Attribute[] {
  const any = (test: (container: ContainerDefinition) => unknown) =>
    (input.containerDefinitions ?? []).some((container) => Boolean(test(container)));
  const role = Boolean(input.executionRoleArn);
  const logs = any((container) => container.logConfiguration?.logDriver === "awslogs");
  const ecr = any((container) => /\.dkr\.ecr/.test(container.image ?? ""));
  const waits = any(({ dependsOn, startTimeout, stopTimeout }) => dependsOn?.length || startTimeout || stopTimeout);
  const checked = any((container) => container.healthCheck);
  const efs = (input.volumes ?? []).filter((volume) => volume.efsVolumeConfiguration);
  const driver = (name: string) => any(({ logConfiguration }) => logConfiguration?.logDriver === name);
  const router = (type: string) => any(({ firelensConfiguration }) => firelensConfiguration?.type === type);
  const configured = (from: string) =>
    any(({ firelensConfiguration }) => firelensConfiguration?.options?.["config-file-type"] === from);
  const secret = (of: "secrets" | "secretOptions", store: "asm" | "ssm") =>
    any((container) =>
      (of === "secrets" ? container.secrets : container.logConfiguration?.secretOptions)?.some(
        ({ valueFrom }) => (parseArn(valueFrom ?? "")?.service === "secretsmanager") === (store === "asm"),
      ),
    );
  const ownInterface = input.networkMode === "awsvpc";
  const needs: [name: string, needed: boolean][] = [
    [`${AGENT}.logging-driver.awslogs`, logs],
    [`${ECS}.execution-role-awslogs`, logs && role],
    [`${AGENT}.logging-driver.splunk`, driver("splunk")],
    [`${AGENT}.logging-driver.awsfirelens`, driver("awsfirelens")],
    [`${ECS}.firelens.fluentbit`, router("fluentbit")],
    [`${ECS}.firelens.fluentd`, router("fluentd")],
    [`${ECS}.firelens.options.config.file`, configured("file")],
    [`${ECS}.firelens.options.config.s3`, configured("s3")],
    [`${AGENT}.ecr-auth`, ecr],
    [`${AGENT}.docker-remote-api.1.19`, any((container) => container.logConfiguration?.options)],
    [
      `${AGENT}.docker-remote-api.1.21`,
      any(({ image, memoryReservation }) => memoryReservation || image?.includes("@")),
    ],
    [`${ECS}.private-registry-authentication.secretsmanager`, any((one) => one.repositoryCredentials)],
    [`${ECS}.secrets.asm.environment-variables`, secret("secrets", "asm")],
    [`${ECS}.secrets.ssm.environment-variables`, secret("secrets", "ssm")],
    [`${ECS}.secrets.asm.bootstrap.log-driver`, secret("secretOptions", "asm")],
    [`${ECS}.secrets.ssm.bootstrap.log-driver`, secret("secretOptions", "ssm")],
    [`${AGENT}.task-iam-role`, Boolean(input.taskRoleArn)],
    [`${ECS}.container-ordering`, waits],
    [`${ECS}.env-files.s3`, any(({ environmentFiles }) => environmentFiles?.length)],
    [`${ECS}.container-health-check`, checked],
    [`${ECS}.execution-role-ecr-pull`, ecr && role],
    [`${AGENT}.docker-remote-api.1.18`, ownInterface],
    [`${ECS}.task-eni`, ownInterface],
    [`${ECS}.storage.ebs-task-volume-attach`, input.volumes?.some((volume) => volume.configuredAtLaunch) ?? false],
    [`${AGENT}.docker-remote-api.1.29`, checked],
    [`${ECS}.pid-ipc-namespace-sharing`, Boolean(input.pidMode)],
    [`${ECS}.container-restart-policy`, any(({ restartPolicy }) => restartPolicy?.enabled)],
    [
      `${ECS}.container-port-range`,
      any(({ portMappings }) => portMappings?.some((mapping) => mapping.containerPortRange !== undefined)),
    ],
    [`${ECS}.fault-injection`, input.enableFaultInjection ?? false],
    [`${AGENT}.docker-remote-api.1.25`, efs.length > 0],
    [`${ECS}.efs`, efs.some((volume) => !usesEfsAuthorization(volume))],
    [`${ECS}.efsAuth`, efs.some(usesEfsAuthorization)],
  ];
  return needs.filter(([, needed]) => needed).map(([name]) => ({ name }));
}
