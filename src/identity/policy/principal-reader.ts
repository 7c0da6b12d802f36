import { membersOf, stringsOf } from "./elements.ts";
import type { JsonNode } from "./json-tree.ts";
import { PolicyError } from "./policy-error.ts";
import { isPrincipalName, PRINCIPAL_TYPES, type PrincipalNames, type PrincipalType } from "./principal-element.ts";

/**
 * Reads a `Principal` or `NotPrincipal` element.
 * @throws PolicyError when it names what cannot be a principal
 * @throws GrammarError
 */
export function readPrincipals(node: JsonNode, { anybodyAsText }: { anybodyAsText: boolean }): PrincipalNames {
  if (node.kind === "scalar") {
    if (!anybodyAsText) throw new PolicyError("Principal must be a JSON object.");
    if (node.value !== "*") throw new PolicyError(`Invalid principal in policy: "${String(node.value)}"`);
    return { AWS: ["*"] };
  }
  const members = membersOf(node);
  if (members.size === 0) throw new PolicyError("Missing required field Principal cannot be empty!");
  const names: Partial<Record<PrincipalType, string[]>> = {};
  for (const [type, values] of members) {
    if (!isPrincipalType(type)) throw new PolicyError(`Invalid principal in policy: "${type}"`);
    names[type] = stringsOf(values);
    const wrong = names[type].find((name) => !isPrincipalName(type, name));
    if (wrong !== undefined) throw new PolicyError(`Invalid principal in policy: "${type.toUpperCase()}":"${wrong}"`);
  }
  return names;
}

function isPrincipalType(type: string): type is PrincipalType {
  return (PRINCIPAL_TYPES as readonly string[]).includes(type);
}
