import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The services whose actions are known, by the prefixes of their actions. */
export const TABLE_SERVICES = [
  "cloudtrail",
  "cloudwatch",
  "ec2",
  "ecr",
  "ecs",
  "elasticfilesystem",
  "iam",
  "kms",
  "logs",
  "s3",
  "secretsmanager",
  "servicediscovery",
  "ssm",
  "sts",
] as const;

export type TableService = (typeof TABLE_SERVICES)[number];

export type AccessLevel = "List" | "Read" | "Write" | "Tagging" | "Permissions management";

/** A file of `generated/iam`. */
export interface ActionTable {
  /** By name: `RunTask`. `resources` says for each type whether the action needs one. */
  actions: Record<string, { level: string; resources: Record<string, boolean>; keys: string[] }>;
  /** By type: `task-definition`. */
  resources: Record<string, { arn: string; keys: string[] }>;
  /** Types of condition keys: `String`, `ArrayOfString`, `ARN`, `Bool`, `Date`, `Numeric`, … */
  keys: Record<string, string>;
}

/** What AWS's service authorization reference says of an action. */
export interface ActionFacts {
  /** As AWS spells it: `ecs:RunTask`. */
  name: string;
  accessLevel: AccessLevel;
  /** As the audit trail counts it. */
  readOnly: boolean;
  /** What it is done to; none where only `*` makes sense as a resource. */
  resources: { type: string; arn: string; required: boolean }[];
  /** The condition keys that it knows beside those that all know; `${TagKey}` stands for any. */
  conditionKeys: string[];
}

/** Cryptography with a key changes nothing, nor does taking on a role, though to grant either is to grant a write. */
const READ_ONLY_WRITES =
  /^(sts:.+|kms:(Encrypt|Decrypt|ReEncrypt.*|GenerateDataKey.*|GenerateRandom|GenerateMac|VerifyMac|Sign|Verify|DeriveSharedSecret))$/;

const FOLDER = join(import.meta.dirname, "../../../generated/iam");

/** Each table's file is read when the first of its actions is asked for. */
const tables = new Map<string, Promise<ReadonlyMap<string, ActionFacts>>>();

/**
 * What is known of an action, whatever its case.
 * @returns `undefined` for an action that is not AWS's, or of a service that Neargate does not have
 */
export async function actionFacts(action: string): Promise<ActionFacts | undefined> {
  const lower = action.toLowerCase();
  const service = TABLE_SERVICES.find((name) => lower.startsWith(`${name}:`));
  return service && (await tableOf(service)).get(lower);
}

/** The actions of a service, in lower case: `ecs:runtask`. */
export async function actionsOf(service: TableService): Promise<string[]> {
  return [...(await tableOf(service)).keys()];
}

function tableOf(service: TableService): Promise<ReadonlyMap<string, ActionFacts>> {
  let table = tables.get(service);
  if (!table) {
    table = readTable(service);
    tables.set(service, table);
  }
  return table;
}

async function readTable(service: string): Promise<ReadonlyMap<string, ActionFacts>> {
  const { actions, resources } = JSON.parse(await readFile(join(FOLDER, `${service}.json`), "utf8")) as ActionTable;
  return new Map(
    Object.entries(actions).map(([operation, { level, resources: types, keys }]) => {
      const name = `${service}:${operation}`;
      const accessLevel = level as AccessLevel;
      const onResources = Object.keys(types).flatMap((type) => resources[type]?.keys ?? []);
      return [
        name.toLowerCase(),
        {
          name,
          accessLevel,
          readOnly: accessLevel === "List" || accessLevel === "Read" || READ_ONLY_WRITES.test(name),
          resources: Object.entries(types).map(([type, required]) => ({
            type,
            required,
            arn: resources[type]?.arn ?? "*",
          })),
          conditionKeys: [...new Set([...keys, ...onResources])],
        },
      ];
    }),
  );
}
