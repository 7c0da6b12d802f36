/** How often each value occurred: pairs of value and count, by value. */
export type Distribution = readonly (readonly [value: number, count: number])[];

/** More different values are taken together with their neighbours, so that a minute of data has a bounded size. */
const MOST_VALUES = 256;
/** How far apart values are, relatively, that are taken together first. */
const FIRST_WIDTH = 0.005;

/** A distribution of values in any order. */
export function distributionOf(pairs: Distribution): Distribution {
  const counts = new Map<number, number>();
  for (const [value, count] of pairs) if (count > 0) counts.set(value, (counts.get(value) ?? 0) + count);
  const sorted = [...counts].toSorted(([a], [b]) => a - b);
  let compact: Distribution = sorted;
  for (let width = FIRST_WIDTH; compact.length > MOST_VALUES; width *= 2) compact = joined(sorted, width);
  return compact;
}

/** Takes neighbours of about the same size together, as their mean; the extremes stay as they are. */
function joined(sorted: Distribution, width: number): Distribution {
  const groups: { sum: number; count: number }[] = [];
  let [lastSign, lastPlace] = [NaN, NaN];
  for (let index = 1; index < sorted.length - 1; index++) {
    const [value, count] = sorted[index]!;
    const [sign, place] = [Math.sign(value), Math.floor(Math.log(Math.abs(value)) / width)];
    if (sign !== lastSign || place !== lastPlace) groups.push({ sum: 0, count: 0 });
    [lastSign, lastPlace] = [sign, place];
    const group = groups.at(-1)!;
    group.sum += value * count;
    group.count += count;
  }
  return [sorted[0]!, ...groups.map(({ sum, count }) => [sum / count, count] as const), sorted.at(-1)!];
}

export function encodeDistribution(distribution: Distribution): Uint8Array {
  return new Uint8Array(Float64Array.from(distribution.flat()).buffer);
}

export function decodeDistribution(bytes: Uint8Array): Distribution {
  const numbers = new Float64Array(bytes.slice().buffer);
  return Array.from({ length: numbers.length / 2 }, (_, i) => [numbers[2 * i]!, numbers[2 * i + 1]!] as const);
}
