import type { Compatibility, OSFamily, RegisterTaskDefinitionRequest } from "@aws-sdk/client-ecs";
import { clientError } from "../errors.ts";
import { refuseUnsupported } from "../supported.ts";
import { fargateContainerProblem, fargateTaskProblem } from "./fargate-rules.ts";
import { isFargateSize, parseCpu, parseMemory, requireFargateSize, type TaskSize } from "./fargate-sizes.ts";
import { validateContainer } from "./validate-container.ts";
import { validateFirelens } from "./validate-logs.ts";
import { validateSecrets } from "./validate-secrets.ts";
import { validatePorts } from "./validate-ports.ts";
import { validateDependencies, validateNames, validateSums } from "./validate-together.ts";
import { validateStorageSize, validateVolumes } from "./validate-volumes.ts";

/** What a definition came out as. */
export interface CheckedTaskDefinition {
  size: TaskSize;
  compatibilities: Compatibility[];
}

const NAME = /^[A-Za-z0-9_-]{1,255}$/;
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
const MAX_CONTAINERS = 10;
const MAX_BYTES = 65_536;

/**
 * Checks a task definition as ECS does, in ECS's order, and for Fargate's rules when it asks for FARGATE.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
 * @throws AwsError ClientException with ECS's words; InvalidParameterException for what Neargate does not do yet
 */
export function validateTaskDefinition(input: RegisterTaskDefinitionRequest): CheckedTaskDefinition {
  const size: TaskSize = {
    cpu: input.cpu ? parseCpu(input.cpu) : undefined,
    memoryMiB: input.memory ? parseMemory(input.memory) : undefined,
  };
  const containers = input.containerDefinitions ?? [];
  if (!NAME.test(input.family ?? "")) throw clientError("Family contains invalid characters.");
  if (!containers.length) throw clientError("Container list cannot be empty.");
  if (containers.length > MAX_CONTAINERS) throw clientError("Too many containers.");
  const bytes = Buffer.byteLength(JSON.stringify(input));
  if (bytes > MAX_BYTES) throw clientError(`Actual length: '${bytes}'. Max allowed length is '${MAX_BYTES}' bytes.`);
  validateNames(containers);

  const problem = fargateTaskProblem(input) ?? fargateContainerProblem(containers, input.executionRoleArn);
  const wantsFargate = input.requiresCompatibilities?.includes("FARGATE") ?? false;
  if (wantsFargate && problem) throw clientError(problem);
  for (const container of containers) validateContainer(container, input.networkMode, size);
  validateSecrets(containers, input.executionRoleArn);
  validatePorts(containers, input.networkMode);
  validateDependencies(containers);
  validateFirelens(containers);
  const system = input.runtimePlatform?.operatingSystemFamily;
  if (wantsFargate) requireSize(size, system);
  validateSums(containers, size);
  validateStorage(input, wantsFargate);
  validateVolumes(input.volumes ?? [], containers);
  refuseWhatIsNotBuilt(input);
  return { size, compatibilities: compatibilities(input, size, problem) };
}

function requireSize({ cpu, memoryMiB }: TaskSize, system: OSFamily | undefined): void {
  if (cpu === undefined) throw clientError("Fargate requires that 'cpu' be defined at the task level.");
  if (memoryMiB === undefined) throw clientError("Fargate requires that 'memory' be defined at the task level.");
  requireFargateSize(cpu, memoryMiB, system);
}

function validateStorage({ ephemeralStorage }: RegisterTaskDefinitionRequest, wantsFargate: boolean): void {
  if (!ephemeralStorage) return;
  if (!wantsFargate) throw clientError("Tasks using the EC2 launch type do not support EphemeralStorage.");
  validateStorageSize(ephemeralStorage);
}

function refuseWhatIsNotBuilt(input: RegisterTaskDefinitionRequest): void {
  refuseUnsupported(input, [
    "family",
    "taskRoleArn",
    "executionRoleArn",
    "networkMode",
    "containerDefinitions",
    "requiresCompatibilities",
    "cpu",
    "memory",
    "tags",
    "runtimePlatform",
    "pidMode",
    "ephemeralStorage",
    "volumes",
    "enableFaultInjection",
  ]);
}

/** Where the definition could run, in the order in which ECS lists it. */
function compatibilities(
  { networkMode, runtimePlatform }: RegisterTaskDefinitionRequest,
  { cpu, memoryMiB }: TaskSize,
  problem: string | undefined,
): Compatibility[] {
  if (networkMode !== "awsvpc") return ["EXTERNAL", "EC2"];
  const system = runtimePlatform?.operatingSystemFamily;
  if (problem || cpu === undefined || memoryMiB === undefined || !isFargateSize(cpu, memoryMiB, system))
    return ["EC2", "MANAGED_INSTANCES"];
  return runtimePlatform ? ["EC2", "FARGATE", "MANAGED_INSTANCES"] : ["EC2", "MANAGED_INSTANCES", "FARGATE"];
}
