/** A task that runs well. */
export interface BalancedTask {
  taskId: string;
  zone: string;
  /** Until its protection is over it stays where it is. */
  isProtected: boolean;
}

/** A task that is to be started in another zone, and the one that it will take the place of. */
export interface ZoneMove {
  zone: string;
  from: BalancedTask;
}

export interface ZoneBalance {
  /** In the order of the zones. */
  counts: { zone: string; count: number }[];
  /** No zone has two tasks more than another. */
  isBalanced: boolean;
  /** What can be done about it now. */
  moves: ZoneMove[];
  /** How many protected tasks there are when their protection is why nothing can be done; 0 otherwise. */
  blockedBy: number;
}

/**
 * Evens out the tasks of a steady service over its zones: others are started in the emptiest zones, and only when they are
 * healthy those of the fullest stop. Pure.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
 * @param room how many tasks may be started beside those that run
 */
export function balanceZones(zones: readonly string[], tasks: readonly BalancedTask[], room: number): ZoneBalance {
  const counts = zones.map((zone) => ({ zone, count: tasks.filter((task) => task.zone === zone).length }));
  const left = counts.map((one) => ({
    ...one,
    movable: tasks.filter((task) => task.zone === one.zone && !task.isProtected),
  }));
  const moves: ZoneMove[] = [];
  while (moves.length < room) {
    const emptiest = left.reduce((best, one) => (one.count < best.count ? one : best), left[0]!);
    const fullest = left
      .filter(({ movable }) => movable.length)
      .reduce<(typeof left)[number] | undefined>(
        (best, one) => (best && best.count >= one.count ? best : one),
        undefined,
      );
    if (!fullest || fullest.count - emptiest.count < 2) break;
    moves.push({ zone: emptiest.zone, from: fullest.movable.pop()! });
    emptiest.count++;
    fullest.count--;
  }
  const numbers = counts.map(({ count }) => count);
  const isBalanced = Math.max(...numbers) - Math.min(...numbers) < 2;
  const isBlocked = !isBalanced && !moves.length && room > 0;
  return {
    counts,
    isBalanced,
    moves,
    blockedBy: isBlocked ? tasks.filter(({ isProtected }) => isProtected).length : 0,
  };
}
