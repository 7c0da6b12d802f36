import { mkdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { EnvironmentFile } from "@aws-sdk/client-ecs";
import { errnoOf } from "../base/errors.ts";
import { writeFileAtomic } from "../base/files.ts";
import { definitionOf, overrideOf, type ContainerRecord, type TaskRecord } from "./task-record.ts";

/** Of one line, bytes: where the agent's reader gives up. */
const MAX_LINE = 64 * 1024;

/** An environment file that the agent could not read. */
export class EnvironmentFileError extends Error {
  override name = "EnvironmentFileError";
}

/** The files of a container: the override's, or the definition's. */
export function environmentFilesOf(task: TaskRecord, container: ContainerRecord): readonly EnvironmentFile[] {
  return overrideOf(task, container)?.environmentFiles ?? definitionOf(task, container).environmentFiles ?? [];
}

/**
 * Bucket and key of `arn:aws:s3:::BUCKET/KEY`.
 * @returns undefined when it is no such ARN
 */
export function parseObjectArn(arn: string): { bucket: string; key: string } | undefined {
  const match = /^arn:[^:]+:s3:::([^/]+)\/(.+)$/s.exec(arn);
  return match ? { bucket: match[1]!, key: match[2]! } : undefined;
}

/** Whether the agent's path for an object, in a folder of the task, would lead out of it. */
export function escapesFolder({ bucket, key }: { bucket: string; key: string }): boolean {
  const path = posix.normalize(`${bucket}/${key}`);
  return path === ".." || path.startsWith("../");
}

/**
 * The variables of a file, as the ECS agent reads it: `NAME=VALUE` lines, split at the first equals sign, without quotes
 * or escapes. Lines that begin with `#`, have no equals sign, or nothing on one side of it, are passed over.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html
 * @throws EnvironmentFileError
 */
export function parseEnvironmentFile(content: Uint8Array): Record<string, string> {
  const variables = new Map<string, string>();
  for (const line of Buffer.from(content).toString("utf8").split("\n")) {
    const text = line.replace(/\r$/, "");
    if (Buffer.byteLength(text) >= MAX_LINE) throw new EnvironmentFileError("bufio.Scanner: token too long");
    const equals = text.indexOf("=");
    if (text.startsWith("#") || equals < 1 || equals === text.length - 1 || text.includes("\0")) continue;
    variables.set(text.slice(0, equals), text.slice(equals + 1));
  }
  return Object.fromEntries(variables);
}

/** The variables of several files: what an earlier file sets stays. */
export function mergeEnvironmentFiles(files: readonly Record<string, string>[]): Record<string, string> {
  return Object.fromEntries(files.toReversed().flatMap((variables) => Object.entries(variables)));
}

/**
 * Keeps a container's variables in its task's folder: they may be secret, and are the same when the container is made
 * again after a crash.
 */
export function saveFileVariables(folder: string, containerName: string, variables: Record<string, string>): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileAtomic(pathOf(folder, containerName), JSON.stringify(variables), 0o600);
}

/** @returns undefined when none were saved */
export function savedFileVariables(folder: string, containerName: string): Record<string, string> | undefined {
  try {
    return JSON.parse(readFileSync(pathOf(folder, containerName), "utf8")) as Record<string, string>;
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return undefined;
    throw cause;
  }
}

function pathOf(folder: string, containerName: string): string {
  return join(folder, `${containerName}.environment.json`);
}
