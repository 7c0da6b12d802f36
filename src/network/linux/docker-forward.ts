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
  if (rules(instance).every((rule) => present.includes(rule.join(" ")))) return;
  await removeDockerForwardRules(instance); // a part of them, or those of an earlier version
  for (const rule of rules(instance).toReversed()) await iptables("-I", CHAIN, ...rule);
}

/** Takes {@link dockerForwardRules} back. */
export async function removeDockerForwardRules(instance: string): Promise<void> {
  const present = await iptables("-S", CHAIN);
  for (const rule of rules(instance)) if (present?.includes(rule.join(" "))) await iptables("-D", CHAIN, ...rule);
}

/** In their order. What goes to Docker's own bridges stays Docker's to judge: its containers are shut to tasks. */
function rules(instance: string): string[][] {
  const uplinks = `${uplinkPrefix(instance)}+`;
  return [
    ...["docker0", "br-+"].map((bridge) => ["-i", uplinks, "-o", bridge, "-j", "RETURN"]),
    ["-i", uplinks, "-j", "ACCEPT"],
    ["-o", uplinks, "-j", "ACCEPT"],
  ];
}

/** What iptables prints; `undefined` when there is no iptables, no such chain or no permission. */
async function iptables(...args: string[]): Promise<string | undefined> {
  try {
    return (await run("iptables", ["-w", "5", ...args])).stdout;
  } catch {
    return undefined;
  }
}
