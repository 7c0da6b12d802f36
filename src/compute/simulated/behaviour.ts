/**
 * What simulated containers do is said in words, by the tag of their image, joined by `_`, or by a script (`script.ts`):
 *
 * - `exit-CODE-after-Ns`  ends by itself with that code after N seconds
 * - `oom-after-Ns`, `oom` is killed for memory after N seconds, at once
 * - `slow-pull-Ns`, `slow-start-Ns`  takes N seconds to pull, to start
 * - `pull-error`, `create-error`, `start-error`  fails there
 * - `fails-first-N`       what the other words say of failures and ends holds for the first N containers of the image only;
 *                         without such a word these end with code 1 at once
 * - `ignore-sigterm`      ends by SIGKILL only
 * - `unhealthy`           programs run in it fail with code 1
 * - `unhealthy-after-Ns`, `healthy-after-Ns`  from then on, until then
 *
 * N seconds may have a fraction, and may be a range such as `2-5.5s`: then each container has its own time, the same
 * whenever it is asked. Any other word means nothing: such containers run until they are killed.
 */
export interface Behaviour {
  pull: Span;
  start: Span;
  error: "pull" | "create" | "start" | undefined;
  /** How it ends by itself. */
  end: { after: Span; exitCode: number; oomKilled: boolean } | undefined;
  /** How many containers do what {@link error} and {@link end} say; all of them without it. */
  failing: number | undefined;
  ignoresSigterm: boolean;
  /** When programs that are run in it begin to succeed, and to fail. */
  healthyAfter: Span;
  unhealthyAfter: Span | undefined;
}

/** Milliseconds: any time between. */
export interface Span {
  from: number;
  to: number;
}

const NONE: Span = { from: 0, to: 0 };
const SECONDS = "([\\d.]+)(?:-([\\d.]+))?s";
const WORDS: [RegExp, (behaviour: Behaviour, match: string[]) => void][] = [
  [
    new RegExp(`^exit-(\\d+)-after-${SECONDS}$`),
    (behaviour, [, code, from, to]) => {
      behaviour.end = { exitCode: Number(code), after: span(from, to), oomKilled: false };
    },
  ],
  [
    new RegExp(`^oom(?:-after-${SECONDS})?$`),
    (behaviour, [, from, to]) => {
      behaviour.end = { exitCode: 137, after: span(from, to), oomKilled: true };
    },
  ],
  [new RegExp(`^slow-pull-${SECONDS}$`), (behaviour, [, from, to]) => (behaviour.pull = span(from, to))],
  [new RegExp(`^slow-start-${SECONDS}$`), (behaviour, [, from, to]) => (behaviour.start = span(from, to))],
  [
    /^(pull|create|start)-error$/,
    (behaviour, [, where]) => {
      behaviour.error = where as "pull" | "create" | "start";
    },
  ],
  [/^fails-first-(\d+)$/, (behaviour, [, count]) => (behaviour.failing = Number(count))],
  [/^ignore-sigterm$/, (behaviour) => (behaviour.ignoresSigterm = true)],
  [
    new RegExp(`^unhealthy(?:-after-${SECONDS})?$`),
    (behaviour, [, from, to]) => (behaviour.unhealthyAfter = span(from, to)),
  ],
  [new RegExp(`^healthy-after-${SECONDS}$`), (behaviour, [, from, to]) => (behaviour.healthyAfter = span(from, to))],
];

function span(from: string | undefined, to: string | undefined): Span {
  if (from === undefined) return NONE;
  return { from: Number(from) * 1000, to: Number(to ?? from) * 1000 };
}

/** Reads words. */
export function behaviourOf(words: readonly string[]): Behaviour {
  const behaviour: Behaviour = {
    pull: NONE,
    start: NONE,
    error: undefined,
    end: undefined,
    failing: undefined,
    ignoresSigterm: false,
    healthyAfter: NONE,
    unhealthyAfter: undefined,
  };
  for (const word of words)
    for (const [pattern, apply] of WORDS) {
      const match = pattern.exec(word);
      if (match) apply(behaviour, match);
    }
  if (behaviour.failing !== undefined && !behaviour.error && !behaviour.end)
    behaviour.end = { exitCode: 1, after: NONE, oomKilled: false };
  return behaviour;
}

/** The words in the tag of an image reference. */
export function tagWords(reference: string): string[] {
  return /:([\w.-]+)$/.exec(reference)?.[1]?.split("_") ?? [];
}
