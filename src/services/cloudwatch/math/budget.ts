import { MathError, type Series } from "./value.ts";

/** Several times what an answer of GetMetricData can have: some hundred milliseconds of work. */
const MOST_POINTS = 500_000;

/** How much the expressions of a request may compute in all: what they are may double, and double again. */
export class PointBudget {
  private left = MOST_POINTS;

  /** @throws MathError when there is not so much left */
  take(points: number): void {
    this.left -= points;
    if (this.left < 0) throw new MathError(`The expressions of the request have more than ${MOST_POINTS} values`);
  }

  /** Also series without points cost something. @throws MathError */
  takeSeries(list: readonly Series[]): void {
    for (const { points } of list) this.take(points.size + 1);
  }
}
