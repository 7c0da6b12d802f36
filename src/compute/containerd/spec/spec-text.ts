/** The kernel's infinity is 2^64 - 1, which is no number here; this one is what JSON.parse makes of it. */
export const UNLIMITED = 2 ** 64;

/** What TypeScript does not know yet: https://github.com/tc39/proposal-json-parse-with-source */
const { rawJSON } = JSON as JSON & { rawJSON(text: string): object };
const INFINITY = rawJSON("18446744073709551615");

/** An OCI specification, or a part of one, as text: with the kernel's infinity for {@link UNLIMITED}. */
export function specText(spec: object): string {
  return JSON.stringify(spec, (_, value: unknown) => (value === UNLIMITED ? INFINITY : value));
}
