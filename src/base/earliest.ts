/** The first of the times that are known, as milliseconds since 1970; `undefined` when none is. */
export function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length ? Math.min(...known) : undefined;
}
