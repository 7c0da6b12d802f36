import { parseFlag } from "../log-options.ts";
import { definitionOf, type TaskRecord } from "../task-record.ts";
import { secretVariable, usesFirelens, type FirelensRouter } from "./router.ts";

/** Options of awsfirelens that are the log driver's, not the router's. */
const DRIVER_OPTIONS = ["log-driver-buffer-limit", "mode", "max-buffer-size"];
const SOCKET = "/var/run/fluent.sock";

/** A plugin with its settings, in the order in which they are written. */
interface Section {
  name: string;
  tag?: string;
  settings: Record<string, string>;
}

interface Filter {
  kind: "include" | "exclude";
  tag: string;
  pattern: string;
}

interface Parts {
  inputs: Section[];
  filters: Filter[];
  fields: Record<string, string>;
  include: string | undefined;
  outputs: Section[];
}

/** A container's options name no plugin for what they set. */
export class FirelensConfigError extends Error {
  override name = "FirelensConfigError";
}

/**
 * The configuration of a FireLens router, as the ECS agent writes it: events come by its socket and by port 24224, get
 * the task's names, are filtered, and go to the output that each container's options describe.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef.html
 * @throws FirelensConfigError
 */
export function firelensConfig(task: TaskRecord, router: FirelensRouter): string {
  const parts = router.type === "fluentd" ? fluentdParts(task, router) : fluentBitParts(task, router);
  return router.type === "fluentd" ? fluentdText(parts) : fluentBitText(parts);
}

function fluentBitParts(task: TaskRecord, router: FirelensRouter): Parts {
  const { filters, outputs } = containerParts(task, router, "*", "Name", (variable) => `\${${variable}}`);
  return {
    inputs: [
      { name: "forward", settings: { Mem_Buf_Limit: "25MB", unix_path: SOCKET } },
      { name: "forward", settings: { Listen: "127.0.0.1", Port: "24224" } },
      { name: "tcp", tag: "firelens-healthcheck", settings: { Listen: "127.0.0.1", Port: "8877" } },
    ],
    filters,
    fields: metadata(task, router),
    include: router.options["config-file-value"],
    outputs: [{ name: "null", tag: "firelens-healthcheck", settings: {} }, ...outputs],
  };
}

function fluentdParts(task: TaskRecord, router: FirelensRouter): Parts {
  return {
    inputs: [
      { name: "unix", settings: { path: SOCKET } },
      { name: "forward", settings: { bind: "127.0.0.1", port: "24224" } },
    ],
    ...containerParts(task, router, "**", "@type", (variable) => `"#{ENV['${variable}']}"`),
    fields: metadata(task, router),
    include: router.options["config-file-value"],
  };
}

/** Fields of every event, unless they are not wanted. */
function metadata(task: TaskRecord, { options }: FirelensRouter): Record<string, string> {
  const wanted = options["enable-ecs-log-metadata"];
  if (wanted !== undefined && !parseFlag(wanted)) return {};
  return {
    ecs_cluster: task.clusterArn.split("/").at(-1)!,
    ecs_task_arn: task.taskArn,
    ecs_task_definition: `${task.definition.family}:${task.definition.revision}`,
  };
}

function containerParts(
  task: TaskRecord,
  router: FirelensRouter,
  wildcard: string,
  pluginOption: string,
  readVariable: (name: string) => string,
): Pick<Parts, "filters" | "outputs"> {
  const filters: Filter[] = [];
  const outputs: Section[] = [];
  for (const container of task.containers) {
    const definition = definitionOf(task, container);
    if (!usesFirelens(definition)) continue;
    const tag = `${container.name}-firelens${wildcard}`;
    const settings: Record<string, string> = {};
    const { options, secretOptions = [] } = definition.logConfiguration ?? {};
    const secret = secretOptions.map(({ name }) => [name!, readVariable(secretVariable(task, container, name!))]);
    const all: Record<string, string> = { ...options, ...Object.fromEntries(secret) };
    for (const [option, value] of sorted(all))
      if (option === "include-pattern") filters.push({ kind: "include", tag, pattern: value });
      else if (option === "exclude-pattern") filters.push({ kind: "exclude", tag, pattern: value });
      else if (option !== pluginOption && !DRIVER_OPTIONS.includes(option)) settings[option] = value;
    const name = all[pluginOption];
    if (name) outputs.push({ name, tag, settings });
    else if (Object.keys(settings).length)
      throw new FirelensConfigError(
        `unable to apply log options of container ${container.name} to firelens config: missing output key ${pluginOption} which is required for firelens configuration of type ${router.type}`,
      );
  }
  filters.sort((a, b) => Number(a.kind === "exclude") - Number(b.kind === "exclude"));
  return { filters, outputs };
}

function sorted(options: Record<string, string>): [string, string][] {
  return Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1));
}

function fluentBitText({ inputs, filters, fields, include, outputs }: Parts): string {
  const section = (kind: string, lines: string[]) => `\n[${kind}]\n${lines.map((line) => `    ${line}\n`).join("")}`;
  const settings = (of: Section) => Object.entries(of.settings).map(([name, value]) => `${name} ${value}`);
  const tagged = (of: Section, as: string) => (of.tag === undefined ? [] : [`${as} ${of.tag}`]);
  return [
    ...inputs.map((input) => section("INPUT", [`Name ${input.name}`, ...tagged(input, "Tag"), ...settings(input)])),
    ...filters.map(({ kind, tag, pattern }) =>
      section("FILTER", [
        "Name   grep",
        `Match ${tag}`,
        kind === "include" ? `Regex  log ${pattern}` : `Exclude log ${pattern}`,
      ]),
    ),
    ...(Object.keys(fields).length
      ? [
          section("FILTER", [
            "Name record_modifier",
            "Match *",
            ...Object.entries(fields).map(([name, value]) => `Record ${name} ${value}`),
          ]),
        ]
      : []),
    ...(include ? [`\n@INCLUDE ${include}\n`] : []),
    ...outputs.map((output) =>
      section("OUTPUT", [`Name ${output.name}`, ...tagged(output, "Match"), ...settings(output)]),
    ),
  ].join("");
}

function fluentdText({ inputs, filters, fields, include, outputs }: Parts): string {
  const block = (name: string, argument: string, lines: string[]) =>
    `<${name}${argument && ` ${argument}`}>\n${lines.map((line) => `    ${line}\n`).join("")}</${name}>\n`;
  const settings = (of: Section) => Object.entries(of.settings).map(([name, value]) => `${name} ${value}`);
  const nested = (name: string, lines: string[]) => [`<${name}>`, ...lines.map((line) => `    ${line}`), `</${name}>`];
  return [
    ...inputs.map((input) => block("source", "", [`@type ${input.name}`, ...settings(input)])),
    ...filters.map(({ kind, tag, pattern }) =>
      block("filter", tag, [
        "@type  grep",
        ...nested(kind === "include" ? "regexp" : "exclude", ["key log", `pattern /${pattern}/`]),
      ]),
    ),
    ...(Object.keys(fields).length
      ? [
          block("filter", "**", [
            "@type record_transformer",
            ...nested(
              "record",
              Object.entries(fields).map(([name, value]) => `${name} ${value}`),
            ),
          ]),
        ]
      : []),
    ...(include ? [`@include ${include}\n`] : []),
    ...outputs.map((output) => block("match", output.tag!, [`@type ${output.name}`, ...settings(output)])),
  ]
    .map((part) => `\n${part}`)
    .join("");
}
