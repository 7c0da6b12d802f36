import { pageOf as onePage } from "../../base/page.ts";
import { invalidMarker } from "./errors.ts";

/** A part of a list, as all lists of KMS are answered. */
export interface Page<T> {
  items: T[];
  rest: { Truncated: boolean; NextMarker?: string };
}

/**
 * @param name of the list: its markers are no other's
 * @param items by id, in the order of ids
 * @throws AwsError InvalidMarkerException
 */
export function pageOf<T>(
  name: string,
  items: readonly T[],
  idOf: (item: T) => string,
  { Limit, Marker }: { Limit?: number | undefined; Marker?: string | undefined },
  usual = 100,
): Page<T> {
  const request = { list: name, limit: Limit ?? usual, token: Marker, invalidToken: invalidMarker };
  const { items: shown, next } = onePage(items, request, idOf);
  return { items: shown, rest: next === undefined ? { Truncated: false } : { Truncated: true, NextMarker: next } };
}
