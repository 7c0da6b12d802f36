import { run } from "../../base/command.ts";
import type { Logger } from "../../base/log.ts";
import { uplinkPrefix } from "./names.ts";

/** Docker's chain for other people's rules, https://docs.docker.com/engine/network/packet-filtering-firewalls/ */
const CHAIN = "DOCKER-USER";

/**
 * Lets our uplinks through where Docker has set the host's forwarding to drop what is not its own. Does nothing on other
 * hosts; may be repeated.
 */
export async function dockerForwardRules(instance: string, log: Logger): Promise<void> {
  if (!(await iptables("-S", "FORWARD"))?.includes("-P FORWARD DROP")) return;
  const present = await iptables("-S", CHAIN);
  if (present === undefined) {
    log.warn("iptables drops forwarded packets: tasks are cut off from the host and the internet");
    return;
  }
  for (const rule of rules(instance)) if (!present.includes(rule.join(" "))) await iptables("-I", CHAIN, ...rule);
}

/** Takes {@link dockerForwardRules} back. */
export async function removeDockerForwardRules(instance: string): Promise<void> {
  const present = await iptables("-S", CHAIN);
  for (const rule of rules(instance)) if (present?.includes(rule.join(" "))) await iptables("-D", CHAIN, ...rule);
}

function rules(instance: string): string[][] {
  return ["-i", "-o"].map((direction) => [direction, `${uplinkPrefix(instance)}+`, "-j", "ACCEPT"]);
}

/** What iptables prints; `undefined` when there is no iptables, no such chain or no permission. */
async function iptables(...args: string[]): Promise<string | undefined> {
  try {
    return (await run("iptables", ["-w", "5", ...args])).stdout;
  } catch {
    return undefined;
  }
}
