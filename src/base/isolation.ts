/** What stands between a task and the host: `runc`, the kernel's namespaces; `gvisor`, a kernel of its own in user space. */
export const ISOLATION_TIERS = ["runc", "gvisor"] as const;
export type Isolation = (typeof ISOLATION_TIERS)[number];

/** A tier of its own for the tasks of one capacity provider. */
export type ProviderIsolation = `${"FARGATE" | "FARGATE_SPOT"}=${Isolation}`;

export interface IsolationChoice {
  isolation: Isolation;
  providerIsolation: readonly ProviderIsolation[] | undefined;
}

/** The tier of a task of a capacity provider, or of a launch type. */
export function isolationOf(choice: IsolationChoice, capacityProvider?: string): Isolation {
  const own = choice.providerIsolation?.find((entry) => entry.startsWith(`${capacityProvider}=`));
  return own ? (own.slice(own.indexOf("=") + 1) as Isolation) : choice.isolation;
}

/** Every tier that new tasks may be on. */
export function chosenTiers(choice: IsolationChoice): Set<Isolation> {
  return new Set([undefined, "FARGATE", "FARGATE_SPOT"].map((provider) => isolationOf(choice, provider)));
}

/** Whether tasks on `runc` have users of their own: `auto` where this machine can, `on` or not at all, `off` never. */
export const USER_NAMESPACES = ["auto", "on", "off"] as const;
export type UserNamespaceMode = (typeof USER_NAMESPACES)[number];
