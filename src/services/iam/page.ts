import { pageOf } from "../../base/page.ts";
import { validationError } from "./errors.ts";

const DEFAULT_ITEMS = 100;

export interface Paging {
  Marker?: string | undefined;
  MaxItems?: number | undefined;
}

export interface Page<T> {
  items: T[];
  /** Members of the answer. */
  paging: { IsTruncated: boolean; Marker?: string };
}

/**
 * One page of items that are in the order of their places.
 * @param list tells the markers of different lists apart
 * @throws AwsError ValidationError for a marker that is not of this list
 */
export function page<T>(
  items: readonly T[],
  { Marker, MaxItems = DEFAULT_ITEMS }: Paging,
  list: string,
  placeOf: (item: T) => string,
): Page<T> {
  const request = { list, limit: MaxItems, token: Marker, invalidToken: () => validationError("Invalid Marker.") };
  const { items: shown, next } = pageOf(items, request, placeOf);
  return { items: shown, paging: next === undefined ? { IsTruncated: false } : { IsTruncated: true, Marker: next } };
}
