import { randomBytes, randomInt, randomUUID } from "node:crypto";

/** Makes identifiers in AWS's formats. Injected, so that tests can make them predictable. */
export interface Ids {
  /** `n` lower-case hexadecimal digits. */
  hex(n: number): string;
  /** `n` decimal digits, the first not zero. */
  digits(n: number): string;
  uuid(): string;
}

export const randomIds: Ids = {
  hex: (n) =>
    randomBytes(Math.ceil(n / 2))
      .toString("hex")
      .slice(0, n),
  digits: (n) => Array.from({ length: n }, (_, i) => randomInt(i === 0 ? 1 : 0, 10)).join(""),
  uuid: () => randomUUID(),
};

/** An EC2 resource id: prefix, hyphen and 17 hexadecimal digits, such as `eni-0a1b…`. */
export function ec2Id(ids: Ids, prefix: string): string {
  return `${prefix}-0${ids.hex(16)}`;
}
