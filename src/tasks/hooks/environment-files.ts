import { AwsError } from "../../base/errors.ts";
import {
  EnvironmentFileError,
  environmentFilesOf,
  escapesFolder,
  mergeEnvironmentFiles,
  parseEnvironmentFile,
  parseObjectArn,
  savedFileVariables,
  saveFileVariables,
} from "../environment-files.ts";
import { ExecutionRoleError, type ExecutionRole, type ObjectReader } from "../ports.ts";
import type { TaskFiles } from "../task-files.ts";
import type { ContainerRecord, TaskRecord } from "../task-record.ts";
import { TaskStartError, type TaskHook } from "./hook.ts";

/** Of one file, bytes: more than any process could have as its environment. */
const MAX_FILE = 1024 * 1024;

/** Fetches the files of `environmentFiles`, once for each container: a later change of a file is not seen. */
export function environmentFilesHook(objects: ObjectReader, role: ExecutionRole, files: TaskFiles): TaskHook {
  const fetch = async (task: TaskRecord, container: ContainerRecord, signal: AbortSignal) => {
    const wanted = environmentFilesOf(task, container);
    if (!wanted.length || savedFileVariables(files.folder(task), container.name)) return;
    const contents = await Promise.all(wanted.map(({ value }) => readVariables(objects, role, task, value ?? "")));
    signal.throwIfAborted();
    saveFileVariables(files.folder(task), container.name, mergeEnvironmentFiles(contents));
  };
  return {
    name: "environment-files",
    async prepare(task, signal) {
      await Promise.all(task.containers.map((container) => fetch(task, container, signal)));
      return {};
    },
    async teardown() {}, // they go with the task's folder
  };
}

async function readVariables(
  objects: ObjectReader,
  role: ExecutionRole,
  task: TaskRecord,
  arn: string,
): Promise<Record<string, string>> {
  const object = parseObjectArn(arn);
  if (!object) throw failure(`unable to parse bucket and key from s3 ARN specified in environmentFile ${arn}`);
  const { bucket, key } = object;
  if (escapesFolder(object))
    throw failure(`invalid path: bucket "${bucket}" key "${key}" escapes envfile resource directory`);
  try {
    await role.authorizeObject(task, object);
    return parseEnvironmentFile(await objects.readObject(task.scope, { ...object, maxBytes: MAX_FILE }));
  } catch (cause) {
    if (cause instanceof AwsError || cause instanceof ExecutionRoleError) throw failure(downloadError(cause));
    if (cause instanceof EnvironmentFileError)
      throw failure(`unable to download env file with key ${key} from bucket ${bucket}, error: ${cause.message}`);
    throw cause;
  }
}

/** As Fargate's downloader reports it: it asks by HEAD first, whose errors have no text. */
function downloadError({ code, status, message }: AwsError | ExecutionRoleError): string {
  const prefix = "file download command: non empty error stream: service call has been retried 1 time(s): ";
  const answer = (of: number | undefined) => `operation error S3: HeadObject, https response error StatusCode: ${of}, `;
  if (code === "NoSuchKey" || code === "NoSuchBucket") return `${prefix}${answer(status)}NotFound: Not Found`;
  if (code.startsWith("AccessDenied")) return `${prefix}${answer(403)}api error Forbidden: Forbidden`;
  return `${prefix}${answer(status)}${code}: ${message}`;
}

function failure(message: string): TaskStartError {
  return new TaskStartError(`ResourceInitializationError: failed to download env files: ${message}`);
}
