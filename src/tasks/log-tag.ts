import type { ContainerRecord } from "./task-record.ts";

/** Docker's short form of an id. */
const SHORT = 12;
const ACTION = /\{\{-?\s*(.*?)\s*-?\}\}/g;

type Tagged = Pick<ContainerRecord, "id" | "name" | "image">;

const FIELDS: Record<string, (container: Tagged) => string> = {
  ".ID": ({ id }) => id.slice(0, SHORT),
  ".FullID": ({ id }) => id,
  ".Name": ({ name }) => name,
  ".ImageID": ({ image }) => (image?.digest ?? "").replace(/^sha256:/, "").slice(0, SHORT),
  ".ImageFullID": ({ image }) => image?.digest ?? "",
  ".ImageName": ({ image }) => image?.reference ?? "",
  ".DaemonName": () => "shim-loggers-for-containerd",
};

/** Fills in the option `tag` of a log driver; what is unknown stays. https://docs.docker.com/engine/logging/log_tags/ */
export function expandTag(template: string, container: Tagged): string {
  return template.replaceAll(ACTION, (action, field: string) => FIELDS[field]?.(container) ?? action);
}

/** What of a template nothing stands for, if there is something. */
export function unknownInTag(template: string): string | undefined {
  return [...template.matchAll(ACTION)].map(([, field]) => field!).find((field) => !(field in FIELDS));
}
