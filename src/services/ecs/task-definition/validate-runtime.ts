import type { ContainerDefinition, ContainerRestartPolicy, SystemControl } from "@aws-sdk/client-ecs";
import { clientError } from "../errors.ts";

/** Seconds. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerRestartPolicy.html */
const ATTEMPT_PERIOD = { min: 60, max: 1800 };
const MAX_IGNORED_EXIT_CODES = 50;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_SystemControl.html: what belongs to a namespace. */
const IPC_CONTROLS = [
  "kernel.msgmax",
  "kernel.msgmnb",
  "kernel.msgmni",
  "kernel.sem",
  "kernel.shmall",
  "kernel.shmmax",
  "kernel.shmmni",
  "kernel.shm_rmid_forced",
];
const CONTROL_PREFIXES = ["net.", "fs.mqueue."];
/** A name is a path below /proc/sys: nothing may lead out of it. */
const CONTROL_NAME = /^[a-z0-9_]+([./-][A-Za-z0-9_-]+)*$/;

/**
 * Checks how a container is run beside its program: its restart policy and its kernel parameters.
 * @throws AwsError ClientException
 */
export function validateRuntime({ name, restartPolicy, systemControls }: ContainerDefinition): void {
  if (restartPolicy) validateRestartPolicy(restartPolicy, name!);
  for (const control of systemControls ?? []) validateSystemControl(control, name!);
}

function validateRestartPolicy(policy: ContainerRestartPolicy, name: string): void {
  const { restartAttemptPeriod: period, ignoredExitCodes } = policy;
  const { min, max } = ATTEMPT_PERIOD;
  if (period !== undefined && (period < min || period > max))
    throw clientError(`The 'restartAttemptPeriod' setting for container '${name}' must be between ${min} and ${max}.`);
  if ((ignoredExitCodes?.length ?? 0) > MAX_IGNORED_EXIT_CODES)
    throw clientError(
      `Restart policy ignoredExitCodes must have at most ${MAX_IGNORED_EXIT_CODES} exit codes for container '${name}'`,
    );
}

function validateSystemControl({ namespace, value }: SystemControl, name: string): void {
  const invalid = (why: string) => clientError(`Invalid setting for container '${name}'. ${why}`);
  if (!namespace) throw invalid("The 'namespace' of a system control must be specified.");
  if (!value) throw invalid(`The 'value' of the system control '${namespace}' must be specified.`);
  const known = IPC_CONTROLS.includes(namespace) || CONTROL_PREFIXES.some((prefix) => namespace.startsWith(prefix));
  if (!known || !CONTROL_NAME.test(namespace)) throw invalid(`The system control '${namespace}' is not supported.`);
}
