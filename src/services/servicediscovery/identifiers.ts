import { formatArn, parseArn } from "../../base/arn.ts";
import type { Ids } from "../../base/ids.ts";
import type { Scope } from "../../base/scope.ts";

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
const BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

function randomText(ids: Ids, length: number, alphabet: string): string {
  const bytes = Buffer.from(ids.hex(2 * length), "hex");
  return [...bytes].map((byte) => alphabet[byte % alphabet.length]).join("");
}

/** `ns-jfyvbvl33oocytvv` */
export function newNamespaceId(ids: Ids): string {
  return `ns-${randomText(ids, 16, BASE32)}`;
}

/** `srv-jtm4m2mpyzy53nwe` */
export function newServiceId(ids: Ids): string {
  return `srv-${randomText(ids, 16, BASE32)}`;
}

/** `gv4g5meo7ndmeh4fqskygvk23d2fijwa-k9302yzd` */
export function newOperationId(ids: Ids): string {
  return `${randomText(ids, 32, BASE32)}-${randomText(ids, 8, BASE36).toLowerCase()}`;
}

/** A Route 53 hosted zone, `Z09986023N7FC6ZAPYUQZ`. */
export function newHostedZoneId(ids: Ids): string {
  return `Z0${randomText(ids, 19, BASE36)}`;
}

export type ResourceKind = "namespace" | "service";

export function resourceArn(scope: Scope, kind: ResourceKind, id: string): string {
  return formatArn("servicediscovery", scope, `${kind}/${id}`);
}

/** The id that an id or an ARN stands for; nothing for an ARN of another kind, account or Region. */
export function resourceId(scope: Scope, kind: ResourceKind, idOrArn: string): string | undefined {
  const arn = parseArn(idOrArn);
  if (!arn) return idOrArn;
  const id = arn.resource.slice(kind.length + 1);
  return idOrArn === resourceArn(scope, kind, id) ? id : undefined;
}
