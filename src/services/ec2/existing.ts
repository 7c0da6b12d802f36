import { scopeKey, type Scope } from "../../base/scope.ts";
import type { Collection } from "../../store/collection.ts";
import { notFound, type IdPrefix } from "./errors.ts";
import { idempotentParameterMismatch } from "./errors/routing.ts";
import { checkId } from "./resource-ids.ts";

/**
 * The resource with the id that a request names.
 * @throws AwsError `Invalid….Malformed`, `Invalid….NotFound`
 */
export async function existing<T, K extends string>(
  collection: Collection<T, K>,
  scope: Scope,
  prefix: IdPrefix,
  id: string,
): Promise<T> {
  checkId(prefix, id);
  const document = await collection.get(scopeKey(scope), id);
  if (!document) throw notFound(prefix, id);
  return document;
}

/**
 * What an earlier request with the same client token made: such a request is answered as that one was.
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 * @param sameRequest whether the parameters are those of the earlier request
 * @throws AwsError IdempotentParameterMismatch
 */
export function madeEarlier<T extends { clientToken?: string }>(
  records: readonly T[],
  clientToken: string | undefined,
  sameRequest: (record: T) => boolean,
): T | undefined {
  if (!clientToken) return undefined;
  const earlier = records.find((record) => record.clientToken === clientToken);
  if (earlier && !sameRequest(earlier)) throw idempotentParameterMismatch();
  return earlier;
}
