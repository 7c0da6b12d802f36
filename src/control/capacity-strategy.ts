/**
 * Decides which capacity provider each task of a strategy goes to. Pure.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
 */

/** One capacity provider of a strategy. */
export interface StrategyItem {
  capacityProvider: string;
  /** How many tasks it gets before weights count, 0 to 100,000. */
  base: number;
  /** Its share of the tasks beyond the base, 0 to 1,000. */
  weight: number;
}

/**
 * The capacity providers of the next tasks: first what the base asks for, then each task goes to the one that is furthest
 * behind its weight; of those that are equally far, to the first of the strategy.
 * @param strategy at least one weight is greater than 0
 * @param existing the capacity providers of the tasks that there are already
 */
export function placeByStrategy(
  strategy: readonly StrategyItem[],
  existing: readonly (string | undefined)[],
  count: number,
): string[] {
  const counts = new Map(strategy.map(({ capacityProvider }) => [capacityProvider, 0]));
  for (const provider of existing)
    if (provider !== undefined && counts.has(provider)) counts.set(provider, counts.get(provider)! + 1);
  return Array.from({ length: count }, () => {
    const next = nextOf(strategy, counts);
    counts.set(next, counts.get(next)! + 1);
    return next;
  });
}

/**
 * How many tasks each capacity provider has too many, below 0 for too few, when `desired` are to be left.
 * @param existing the capacity providers of the tasks that there are
 */
export function surplusByStrategy(
  strategy: readonly StrategyItem[],
  existing: readonly (string | undefined)[],
  desired: number,
): Map<string | undefined, number> {
  const surplus = new Map<string | undefined, number>();
  for (const provider of existing) surplus.set(provider, (surplus.get(provider) ?? 0) + 1);
  for (const provider of placeByStrategy(strategy, [], desired))
    surplus.set(provider, (surplus.get(provider) ?? 0) - 1);
  return surplus;
}

function nextOf(strategy: readonly StrategyItem[], counts: ReadonlyMap<string, number>): string {
  const below = strategy.find(({ capacityProvider, base }) => counts.get(capacityProvider)! < base);
  if (below) return below.capacityProvider;
  // With this task, how far beyond its share a provider would be.
  const load = ({ capacityProvider, base, weight }: StrategyItem) =>
    (counts.get(capacityProvider)! - base + 1) / weight;
  return strategy.reduce((best, item) => (load(item) < load(best) ? item : best)).capacityProvider;
}
