import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../base/clock.ts";
import { daemonPid, stopDaemon } from "../../base/daemon.ts";
import { writeFileAtomic } from "../../base/files.ts";
import { retry } from "../../base/retry.ts";
import { FILES, ZONE_SERVER_PORT } from "./resolver-config.ts";
import { endStrays, pidFileOf, readIfThere, startInside, unprivilegedUser, type Place } from "./resolver-processes.ts";
import type { ServedNames } from "./zone-answers.ts";

const PROGRAM = fileURLToPath(new URL("zone-server.ts", import.meta.url));
/** Much of its memory is garbage of the last answers: let it be collected soon. */
const NODE_FLAGS = ["--max-semi-space-size=1"];
/** As /proc shows 127.0.0.1 and the port. */
const LISTENS = new RegExp(` 0100007F:${ZONE_SERVER_PORT.toString(16).toUpperCase()} `);

/** The process that answers, for unbound, the names that unbound cannot: see zone-server.ts. */
export class ZoneServer {
  private readonly place: Place;

  constructor(place: Place) {
    this.place = place;
  }

  runs(): boolean {
    return daemonPid(this.pidFile) !== undefined;
  }

  /** Tells it names: the next question is answered from them. */
  write(names: ServedNames): void {
    writeFileAtomic(join(this.place.folder, FILES.names), JSON.stringify(names), 0o644);
  }

  /** Starts it unless it runs, once it was told names. Returns when it listens. */
  async ensure(): Promise<void> {
    if (this.runs()) return;
    await endStrays(this.place, PROGRAM);
    const { uid, gid } = unprivilegedUser();
    await startInside(this.place, "zone-server", process.execPath, [
      ...NODE_FLAGS,
      PROGRAM,
      ...[ZONE_SERVER_PORT, uid, gid].map(String),
    ]);
    await retry(systemClock, { attempts: 200, firstDelayMs: 10, maxDelayMs: 25 }, async () => {
      if (!LISTENS.test(readIfThere(`/proc/${daemonPid(this.pidFile)}/net/udp`) ?? ""))
        throw new Error(`the zone server of ${this.place.namespace} does not listen`);
    });
  }

  async stop(): Promise<void> {
    await stopDaemon(this.pidFile);
  }

  private get pidFile(): string {
    return pidFileOf(this.place, "zone-server");
  }
}
