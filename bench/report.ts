/** Percentiles of samples, in their unit, with the cells of a table row. */
export function percentiles(samples: readonly number[]): { p50: number; p90: number; max: number; cells: string[] } {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  const [p50, p90, max] = [at(0.5), at(0.9), at(1)];
  return { p50, p90, max, cells: [p50, p90, max].map((value) => value.toFixed(1)) };
}

/** A Markdown table; the first row is its head. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  return [line(rows[0]!), line(widths.map((width) => "-".repeat(width))), ...rows.slice(1).map(line)].join("\n");
}
