import { type Scope, scopeKey } from "../../base/scope.ts";
import type { Collection } from "../../store/collection.ts";
import { type IdPrefix, notFound } from "./errors.ts";
import { checkId } from "./resource-ids.ts";

/**
 * The resource with the id that a request names.
 * @throws AwsError `Invalid….Malformed`, `Invalid….NotFound`
 */
export async function existing<T, K extends string>(
  collection: Collection<T, K>,
  scope: Scope,
  prefix: IdPrefix,
  id = "",
): Promise<T> {
  checkId(prefix, id);
  const document = await collection.get(scopeKey(scope), id);
  if (!document) throw notFound(prefix, id);
  return document;
}
