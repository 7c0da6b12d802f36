import { z } from "zod";
import type { Iam } from "./iam.ts";

const Names = z.union([z.string().transform((name) => [name]), z.array(z.string())]);
const Statement = z.looseObject({ Principal: z.looseObject({ AWS: Names }) });
const Trust = z.looseObject({ Statement: z.union([z.array(z.unknown()), z.unknown().transform((one) => [one])]) });

/**
 * Makes every trust policy that names a user or role name it otherwise, in the transaction that changes it: by its id when
 * it is deleted, so that nobody who gets its name inherits the trust; by its new ARN when it is renamed.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
 */
export async function renameTrusted(iam: Iam, from: string, to: string): Promise<void> {
  for (const { scope, id, document } of await iam.records.roles.listAll()) {
    const trustPolicy = withName(document.trustPolicy, from, to);
    if (trustPolicy !== document.trustPolicy) await iam.records.roles.put(scope, id, { ...document, trustPolicy });
  }
}

/** A trust policy with another name for one of its principals; as it was where it does not have it. */
export function withName(document: string, from: string, to: string): string {
  const trust = Trust.parse(JSON.parse(document));
  let renamed = false;
  const statements = trust.Statement.map((statement) => {
    const named = Statement.safeParse(statement);
    if (!named.success || !named.data.Principal.AWS.includes(from)) return statement;
    renamed = true;
    const names = named.data.Principal.AWS.map((name) => (name === from ? to : name));
    return { ...named.data, Principal: { ...named.data.Principal, AWS: names.length === 1 ? names[0] : names } };
  });
  return renamed ? JSON.stringify({ ...trust, Statement: statements }) : document;
}
