import { failpoint } from "../../base/failpoint.ts";
import { ec2Id } from "../../base/ids.ts";
import { KeyedQueue } from "../../base/keyed-queue.ts";
import type { Logger } from "../../base/log.ts";
import { retry } from "../../base/retry.ts";
import { parseScopeKey, type Scope, scopeKey } from "../../base/scope.ts";
import type { Ec2 } from "./ec2.ts";
import { releaseInterface } from "./interfaces.ts";
import type { NatGatewayRecord } from "./records.ts";

/** How long what was deleted, or failed, can be described. */
const VISIBLE_MS = 3_600_000;
/** How often it is tried to make the interface real before the gateway fails. */
const ATTEMPTS = 5;

/** Why a gateway failed. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html */
interface Failure {
  failureCode: string;
  failureMessage: string;
}

/**
 * Brings NAT gateways from what is wanted to what is: pending ones become available, or fail, and those to be deleted
 * give back what they have. Each step starts from the records, so that it can be the first after a restart.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
 */
export class NatGateways {
  private readonly ec2: Ec2;
  private readonly log: Logger;
  private readonly queue = new KeyedQueue();

  constructor(ec2: Ec2, log: Logger) {
    this.ec2 = ec2;
    this.log = log;
  }

  /** Takes up what the last process left. */
  async resume(): Promise<void> {
    for (const { scope, id, document } of await this.ec2.records.natGateways.listAll())
      if (document.state !== "available") this.reconcile(parseScopeKey(scope), id);
  }

  /** Goes on with a gateway in the background, after its record was committed. */
  reconcile(scope: Scope, natGatewayId: string): void {
    void this.goOn(scope, natGatewayId);
  }

  private async goOn(scope: Scope, natGatewayId: string): Promise<void> {
    const step = () => this.queue.run(natGatewayId, () => this.step(scope, natGatewayId));
    if (await this.ec2.background.run(`NAT gateway ${natGatewayId}`, step)) this.collect(scope, natGatewayId);
  }

  private async step(scope: Scope, natGatewayId: string): Promise<void> {
    const gateway = await this.ec2.records.natGateways.get(scopeKey(scope), natGatewayId);
    if (gateway?.state === "pending") await this.make(scope, gateway);
    else if (gateway?.state === "deleting" || gateway?.state === "failed") await this.release(scope, gateway);
  }

  private async make(scope: Scope, gateway: NatGatewayRecord): Promise<void> {
    const { signal } = this.ec2.background;
    const failure = (await this.associate(scope, gateway)) ?? (await this.attach(scope, gateway, signal));
    if (signal.aborted) return;
    failpoint("nat-attached");
    const now = await this.update(scope, gateway, ["pending"], failure ? this.failed(failure) : { state: "available" });
    if (now?.state === "failed") await this.release(scope, now);
    else if (now) await this.ec2.publishTopology(scope, gateway.vpcId);
  }

  /** Gives a public gateway its elastic address. @returns why it cannot have it */
  private async associate(scope: Scope, { natGatewayId }: NatGatewayRecord): Promise<Failure | undefined> {
    const { records, store, ids } = this.ec2;
    const key = scopeKey(scope);
    return await store.transaction(async () => {
      const gateway = await records.natGateways.get(key, natGatewayId);
      if (gateway?.state !== "pending" || gateway.allocationId === undefined) return undefined;
      const { vpcId, allocationId, interfaceId, privateIp } = gateway;
      if (!(await records.internetGateways.count(key, { vpcId }))) return notAttached(vpcId);
      const address = await records.elasticAddresses.get(key, allocationId);
      if (!address) return notAssociable(allocationId);
      if (address.interfaceId === interfaceId) return undefined;
      if (address.associationId !== undefined) return alreadyAssociated(allocationId);
      const associationId = ec2Id(ids, "eipassoc");
      const { publicIp } = address;
      await records.elasticAddresses.put(key, allocationId, { ...address, associationId, interfaceId, privateIp });
      await records.interfaces.update(key, interfaceId, (now) => ({
        ...now,
        publicIp,
        publicAssociationId: associationId,
        allocationId,
      }));
      await records.natGateways.put(key, natGatewayId, { ...gateway, publicIp, associationId });
      return undefined;
    });
  }

  /** Makes the gateway's interface real. @returns why it cannot be */
  private async attach(
    scope: Scope,
    { natGatewayId, interfaceId }: NatGatewayRecord,
    signal: AbortSignal,
  ): Promise<Failure | undefined> {
    failpoint("nat-associated");
    const options = { attempts: ATTEMPTS, firstDelayMs: 500, maxDelayMs: 5000, signal };
    try {
      await retry(this.ec2.clock, options, () => this.ec2.attach(scope, interfaceId));
      return undefined;
    } catch (err) {
      if (!signal.aborted) this.log.error({ err, natGatewayId }, "could not attach the interface of a NAT gateway");
      return invalidInterface(interfaceId);
    }
  }

  /** Gives back what a gateway has that is to end, or failed. */
  private async release(scope: Scope, gateway: NatGatewayRecord): Promise<void> {
    await this.ec2.changeTopology(scope, gateway.vpcId); // its routes are blackholes before it is gone
    await releaseInterface(this.ec2, scope, gateway.interfaceId);
    failpoint("nat-released");
    const deletedAt = new Date(this.ec2.clock.now());
    await this.update(scope, gateway, ["deleting"], { state: "deleted", deletedAt });
  }

  private failed(failure: Failure): Partial<NatGatewayRecord> {
    return { state: "failed", ...failure, deletedAt: new Date(this.ec2.clock.now()) };
  }

  /** Changes a gateway that is still in one of the states. @returns it as it then is */
  private async update(
    scope: Scope,
    { natGatewayId }: NatGatewayRecord,
    states: readonly NatGatewayRecord["state"][],
    change: Partial<NatGatewayRecord>,
  ): Promise<NatGatewayRecord | undefined> {
    return await this.ec2.records.natGateways.update(scopeKey(scope), natGatewayId, (now) =>
      states.includes(now.state) ? { ...now, ...change } : undefined,
    );
  }

  /** Forgets a gateway once it has ended long ago. */
  private collect(scope: Scope, natGatewayId: string): void {
    const { records, clock, background } = this.ec2;
    const key = scopeKey(scope);
    void background.run(`forgetting NAT gateway ${natGatewayId}`, async () => {
      const gateway = await records.natGateways.get(key, natGatewayId);
      if (!gateway?.deletedAt) return;
      await clock.sleep(Math.max(0, gateway.deletedAt.getTime() + VISIBLE_MS - clock.now()), background.signal);
      await records.natGateways.delete(key, natGatewayId);
    });
  }
}

function notAttached(vpcId: string): Failure {
  return {
    failureCode: "Gateway.NotAttached",
    failureMessage: `Network ${vpcId} has no Internet gateway attached`,
  };
}

function notAssociable(allocationId: string): Failure {
  return {
    failureCode: "InvalidAllocationID.NotFound",
    failureMessage: `Elastic IP address ${allocationId} could not be associated with this NAT gateway`,
  };
}

function alreadyAssociated(allocationId: string): Failure {
  return {
    failureCode: "Resource.AlreadyAssociated",
    failureMessage: `Elastic IP address ${allocationId} is already associated`,
  };
}

function invalidInterface(interfaceId: string): Failure {
  return {
    failureCode: "InternalError",
    failureMessage: `Network interface ${interfaceId}, created and used internally by this NAT gateway is in an invalid state. Please try again.`,
  };
}
