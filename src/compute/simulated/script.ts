import { readFileSync, statSync } from "node:fs";
import { z } from "zod";
import { Glob, globParts } from "../../base/glob.ts";
import { behaviourOf, tagWords, type Behaviour } from "./behaviour.ts";

/** Image references, with `*` and `?`, and what containers of them do: words as in `behaviour.ts`. */
const SCRIPT = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/** How many images are remembered. */
const KEPT = 1000;

/**
 * What containers of images do: as the first entry of a script says whose pattern fits the image's reference, else as the
 * image's tag says.
 */
export class Behaviours {
  private readonly path: string | undefined;
  private entries: { glob: Glob; words: string[] }[] = [];
  /** Of the script's text that was read. */
  private readAt: number | undefined;
  private readonly known = new Map<string, Behaviour>();

  /** @param path of the script, a JSON file, if there is one */
  constructor(path?: string) {
    this.path = path;
  }

  /** Reads the script. @throws Error when that cannot be done */
  load(): void {
    if (this.path === undefined) return;
    const { mtimeMs } = statSync(this.path);
    if (mtimeMs === this.readAt) return;
    const script = SCRIPT.safeParse(JSON.parse(readFileSync(this.path, "utf8")));
    if (!script.success) throw new Error(`${this.path} must map image references to words, such as {"web:*": ["oom"]}`);
    this.entries = Object.entries(script.data).map(([pattern, words]) => ({
      glob: new Glob(globParts(pattern)),
      words: typeof words === "string" ? words.split(/[\s_]+/) : words,
    }));
    this.known.clear();
    this.readAt = mtimeMs;
  }

  /** By the script as it now is; one that cannot be read, or is half written, counts as unchanged. */
  of(reference: string): Behaviour {
    try {
      this.load();
    } catch {
      // what was read last stays
    }
    const known = this.known.get(reference);
    if (known) return known;
    const entry = this.entries.find(({ glob }) => glob.matches(reference));
    const behaviour = behaviourOf(entry?.words ?? tagWords(reference));
    if (this.known.size >= KEPT) this.known.clear();
    this.known.set(reference, behaviour);
    return behaviour;
  }
}
