import type { Clock } from "../../base/clock.ts";
import type { Ids } from "../../base/ids.ts";
import { KeyedQueue } from "../../base/keyed-queue.ts";
import type { Component } from "../../base/lifecycle.ts";
import type { Logger } from "../../base/log.ts";
import { retry } from "../../base/retry.ts";
import { parseScopeKey, scopeKey, type Scope } from "../../base/scope.ts";
import type { RequestListener } from "node:http";
import type { InterfaceSpec, NetworkBackend, ZoneSpec } from "../../network/backend.ts";
import type { Store } from "../../store/store.ts";
import { createDefaultVpc, REGION } from "./default-vpc.ts";
import { VpcEndpoints } from "./endpoints.ts";
import { noDefaultVpc, notFound } from "./errors.ts";
import { NatGateways } from "./nat-gateways.ts";
import { ec2Collections, type Ec2Collections, type NetworkInterfaceRecord, type VpcRecord } from "./store.ts";
import { upgradeRecords } from "./upgrade.ts";
import { groupSpec, interfaceSpec, readTopology } from "./vpc-spec.ts";

export interface Ec2Options {
  store: Store;
  network: NetworkBackend;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

/** Who knows the names of a VPC that are not those of its interfaces: Cloud Map's private and public namespaces. */
export interface ZoneSource {
  zonesOf(scope: Scope, vpcId: string): Promise<ZoneSpec[]>;
}

/** Who writes down what flowed in a VPC. */
export interface FlowReader {
  /** Reads what flowed up to now; does not throw. */
  readVpc(vpcId: string): Promise<void>;
}

/** How long a VPC without interfaces stays on the host: the next task often comes soon. */
const EMPTY_VPC_MS = 5000;

/** The EC2 service: what is stored of VPCs, and the data plane that is made to agree with it. */
export class Ec2 implements Component {
  readonly name = "ec2";
  readonly store: Store;
  readonly network: NetworkBackend;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly records: Ec2Collections;
  readonly endpoints: VpcEndpoints;
  readonly natGateways: NatGateways;
  private readonly log: Logger;
  /** The VPCs that this process has applied, or is about to; and those where it is done. */
  private readonly applied = new Map<string, Promise<void>>();
  private readonly ready = new Set<string>();
  /** Orders what happens to a VPC as a whole. */
  private readonly queue = new KeyedQueue();
  /** Orders what happens to one interface. */
  private readonly interfaceQueue = new KeyedQueue();
  private stopping = new AbortController();
  private zones: ZoneSource | undefined;
  private flows: FlowReader | undefined;
  private api: RequestListener | undefined;

  constructor({ store, network, clock, ids, log }: Ec2Options) {
    this.store = store;
    this.network = network;
    this.clock = clock;
    this.ids = ids;
    this.log = log;
    this.records = ec2Collections(store);
    this.endpoints = new VpcEndpoints(this);
    this.natGateways = new NatGateways(this, log);
  }

  /** Says who knows the VPCs' zones. Before {@link start}. */
  useZones(source: ZoneSource): void {
    this.zones = source;
  }

  /** Says who wants to know what flowed through an interface before it goes. Before {@link start}. */
  useFlows(reader: FlowReader): void {
    this.flows = reader;
  }

  /** Says what answers at VPC endpoints. Before {@link start}. */
  useApi(api: RequestListener): void {
    this.api = api;
  }

  /** What answers at VPC endpoints. */
  get apiListener(): RequestListener {
    if (!this.api) throw new Error("nothing answers at VPC endpoints");
    return this.api;
  }

  /** Makes the host agree with the state: applies VPCs that have interfaces, removes those that nothing is known of. */
  async start(): Promise<void> {
    this.stopping = new AbortController();
    await upgradeRecords(this.store, this.records, this.ids);
    const interfaces = await this.records.interfaces.listAll();
    const scopes = new Map(interfaces.map(({ scope, document }) => [document.vpcId, scope]));
    for (const { vpcId } of await this.network.list()) if (!scopes.has(vpcId)) await this.network.removeVpc(vpcId);
    await Promise.all([...scopes].map(([vpcId, scope]) => this.applyOrRetry(scope, vpcId)));
    await this.endpoints.restore();
    await this.natGateways.resume();
  }

  /** Lets go; the networks stay. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.endpoints.close();
    this.natGateways.stop();
    this.applied.clear();
    this.ready.clear();
  }

  /** Makes the default VPC when the account looks at the Region for the first time; what is deleted stays deleted. */
  async ensureRegion(scope: Scope): Promise<void> {
    const key = scopeKey(scope);
    if (await this.records.regions.get(key, REGION)) return;
    await this.store.transaction(async () => {
      if (!(await this.records.regions.get(key, REGION))) await createDefaultVpc(this.records, this.ids, scope);
    });
  }

  /** The default VPC, unless the account has deleted it. */
  async defaultVpc(scope: Scope): Promise<VpcRecord | undefined> {
    await this.ensureRegion(scope);
    const [vpc] = await this.records.vpcs.list(scopeKey(scope), { where: { isDefault: 1 }, limit: 1 });
    return vpc;
  }

  /** @throws AwsError VPCIdNotSpecified */
  async requireDefaultVpc(scope: Scope): Promise<VpcRecord> {
    const vpc = await this.defaultVpc(scope);
    if (!vpc) throw noDefaultVpc();
    return vpc;
  }

  /**
   * Makes a stored interface real; may be repeated. @returns its namespace
   * @throws AwsError InvalidNetworkInterfaceID.NotFound; Error when the host cannot
   */
  async attach(
    scope: Scope,
    interfaceId: string,
  ): Promise<{ record: NetworkInterfaceRecord; networkNamespace: string }> {
    const key = scopeKey(scope);
    const known = await this.records.interfaces.get(key, interfaceId);
    if (!known) throw notFound("eni", interfaceId);
    await this.ensureApplied(key, known.vpcId);
    return await this.interfaceQueue.run(interfaceId, async () => {
      const { record, spec } = await this.readInterface(scope, interfaceId);
      const { networkNamespace } = await this.network.attach(record.vpcId, spec);
      if (!record.attachedAt)
        await this.records.interfaces.update(key, interfaceId, (now) => ({
          ...now,
          attachedAt: new Date(this.clock.now()),
        }));
      return { record, networkNamespace };
    });
  }

  /** Takes an interface off the host; may be repeated. */
  async detach({ interfaceId, vpcId, attachedAt }: NetworkInterfaceRecord): Promise<void> {
    if (attachedAt) await this.flows?.readVpc(vpcId);
    await this.interfaceQueue.run(interfaceId, () => this.network.detach(vpcId, interfaceId));
  }

  /** Brings addresses, groups and names of attached interfaces to the data plane, as they are stored now. */
  async publishInterfaces(scope: Scope, vpcId: string): Promise<void> {
    await this.queue.run(vpcId, async () => {
      if (!this.ready.has(vpcId)) return;
      for (const interfaceId of await this.records.interfaces.listIds(scopeKey(scope), { vpcId }))
        await this.interfaceQueue.run(interfaceId, async () => {
          const now = await this.records.interfaces.get(scopeKey(scope), interfaceId);
          if (!now?.attachedAt || now.detaching) return;
          await this.network.attach(vpcId, (await this.readInterface(scope, interfaceId)).spec);
        });
    });
  }

  /** Brings groups' rules to the data plane, as they are stored now. Resolves when they hold. */
  async publishGroups(scope: Scope, vpcId: string, groupIds: readonly string[]): Promise<void> {
    await this.queue.run(vpcId, async () => {
      if (!this.ready.has(vpcId)) return; // whoever applies it reads them then
      const groups = await Promise.all(groupIds.map((id) => this.records.groups.get(scopeKey(scope), id)));
      await this.network.applyGroups(
        vpcId,
        groups.flatMap((group) => (group ? [groupSpec(group)] : [])),
      );
    });
  }

  /** Brings routes, ACLs, peerings and the like to the data plane, as they are stored now. Resolves when they hold. */
  async publishTopology(scope: Scope, vpcId: string): Promise<void> {
    await this.queue.run(vpcId, async () => {
      if (!this.ready.has(vpcId)) return;
      const vpc = await this.records.vpcs.get(scopeKey(scope), vpcId);
      if (vpc) await this.network.applyTopology(await readTopology(this.records, scopeKey(scope), vpc));
    });
  }

  /** Brings the zones of a VPC to its resolver. Resolves when it answers by them. */
  async publishZones(scope: Scope, vpcId: string): Promise<void> {
    await this.queue.run(vpcId, async () => {
      if (this.ready.has(vpcId)) await this.network.applyZones(vpcId, await this.zonesOf(scope, vpcId));
    });
  }

  /** {@link publishZones} for every VPC that is on the host. */
  async publishAllZones(): Promise<void> {
    const vpcs = (await this.records.vpcs.listAll()).filter(({ id }) => this.applied.has(id));
    await Promise.all(vpcs.map(({ scope, id }) => this.publishZones(parseScopeKey(scope), id)));
  }

  /** Whether the account has that VPC. */
  async hasVpc(scope: Scope, vpcId: string): Promise<boolean> {
    return (await this.records.vpcs.get(scopeKey(scope), vpcId)) !== undefined;
  }

  /** Takes a VPC off the host when, after a while, it still has no interface. */
  collectVpc(scope: Scope, vpcId: string): void {
    const { signal } = this.stopping;
    const collect = async () => {
      await this.clock.sleep(EMPTY_VPC_MS, signal);
      await this.queue.run(vpcId, async () => {
        const applied = this.applied.get(vpcId);
        if (signal.aborted || !applied) return;
        // Forgotten before counting: who attaches from now on waits for an apply that is queued behind us.
        this.applied.delete(vpcId);
        if (await this.records.interfaces.count(scopeKey(scope), { vpcId })) {
          if (!this.applied.has(vpcId)) this.applied.set(vpcId, applied);
          return;
        }
        this.ready.delete(vpcId);
        await this.network.removeVpc(vpcId);
      });
    };
    collect().catch((err: unknown) => {
      if (!signal.aborted) this.log.error({ err, vpcId }, "could not remove an unused VPC from the host");
    });
  }

  private async readInterface(
    scope: Scope,
    interfaceId: string,
  ): Promise<{ record: NetworkInterfaceRecord; spec: InterfaceSpec }> {
    const key = scopeKey(scope);
    const record = await this.records.interfaces.get(key, interfaceId);
    const subnet = record && (await this.records.subnets.get(key, record.subnetId));
    const vpc = record && (await this.records.vpcs.get(key, record.vpcId));
    if (!record || !subnet || !vpc) throw notFound("eni", interfaceId);
    return { record, spec: interfaceSpec(record, subnet.cidrBlock, vpc, scope.region) };
  }

  /** Does what no answer waits for, again until it succeeds or the engine stops: the work may be repeated. */
  inBackground(what: string, work: () => Promise<void>): void {
    const { signal } = this.stopping;
    const options = { attempts: Number.POSITIVE_INFINITY, firstDelayMs: 1000, maxDelayMs: 30_000, signal };
    const logged = async () => {
      try {
        if (!signal.aborted) await work();
      } catch (err) {
        if (!signal.aborted) this.log.error({ err }, `${what} failed, trying again`);
        throw err;
      }
    };
    retry(this.clock, options, logged).catch(() => {}); // only by the signal
  }

  private async zonesOf(scope: Scope, vpcId: string): Promise<ZoneSpec[]> {
    return [...((await this.zones?.zonesOf(scope, vpcId)) ?? []), ...(await this.endpoints.zonesOf(scope, vpcId))];
  }

  private ensureApplied(key: string, vpcId: string): Promise<void> {
    const known = this.applied.get(vpcId);
    if (known) return known;
    const applying = this.queue.run(vpcId, () => this.apply(key, vpcId));
    this.applied.set(vpcId, applying);
    applying.catch(() => {
      if (this.applied.get(vpcId) === applying) this.applied.delete(vpcId);
    });
    return applying;
  }

  private async apply(key: string, vpcId: string): Promise<void> {
    const vpc = await this.records.vpcs.get(key, vpcId);
    if (!vpc) throw notFound("vpc", vpcId);
    const [subnets, groups, interfaces] = await Promise.all([
      this.records.subnets.list(key, { where: { vpcId } }),
      this.records.groups.list(key, { where: { vpcId } }),
      this.records.interfaces.list(key, { where: { vpcId } }),
    ]);
    const { region } = parseScopeKey(key);
    const blocks = new Map(subnets.map((subnet) => [subnet.subnetId, subnet.cidrBlock]));
    await this.network.applyVpc({
      ...(await readTopology(this.records, key, vpc)),
      zones: await this.zonesOf(parseScopeKey(key), vpcId),
      securityGroups: groups.map(groupSpec),
      interfaces: interfaces
        // One that is only reserved is made by its attachment; the first of a new VPC would be made twice.
        .filter((record) => record.attachedAt && !record.detaching)
        .map((record) => interfaceSpec(record, blocks.get(record.subnetId)!, vpc, region)),
    });
    this.ready.add(vpcId);
  }

  /** At the start: a VPC that cannot be applied does not keep the API from answering. */
  private async applyOrRetry(key: string, vpcId: string): Promise<void> {
    const { signal } = this.stopping;
    try {
      await this.ensureApplied(key, vpcId);
    } catch (err) {
      this.log.error({ err, vpcId }, "could not apply a VPC, trying again");
      const options = { attempts: Number.POSITIVE_INFINITY, firstDelayMs: 1000, maxDelayMs: 30_000, signal };
      retry(this.clock, options, () => this.ensureApplied(key, vpcId)).catch(() => {}); // only by the signal
    }
  }
}
