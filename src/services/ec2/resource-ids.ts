import { malformed, type IdPrefix } from "./errors.ts";

/** Whether the text has the form of an id with that prefix: 8 (of old) or 17 hexadecimal digits. */
export function isId(prefix: IdPrefix, id: string): boolean {
  return new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`).test(id);
}

/** @throws AwsError `InvalidSubnetID.Malformed` and the like */
export function checkId(prefix: IdPrefix, id: string): void {
  if (!id.startsWith(`${prefix}-`)) throw malformed(prefix, id);
}
