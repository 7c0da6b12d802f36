import type { Clock } from "../../base/clock.ts";
import { failpoint } from "../../base/failpoint.ts";
import type { Ids } from "../../base/ids.ts";
import type { Component } from "../../base/lifecycle.ts";
import type { Logger } from "../../base/log.ts";
import { parseScopeKey, scopeKey, type Scope } from "../../base/scope.ts";
import { ReconcileLoop } from "../../control/loop.ts";
import type { ZoneSpec } from "../../network/backend.ts";
import type { Change, Store } from "../../store/store.ts";
import type { Ec2, ZoneSource } from "../ec2/ec2.ts";
import { advance, applyOperation } from "./apply.ts";
import type { ServiceDirectory } from "./directory.ts";
import { InstanceCache } from "./instance-cache.ts";
import { HealthChecker } from "./health-checker.ts";
import { LocalDirectory } from "./local-directory.ts";
import { forgetOperations } from "./operation-log.ts";
import { declareCollections, TABLES, type Collections, type OperationRecord } from "./store.ts";
import { readZones } from "./zones.ts";
import { serviceIdOf, ZoneIndex, type InstancesListener } from "./zone-index.ts";

export interface ServiceDiscoveryOptions {
  store: Store;
  ec2: Ec2;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

/** Changes that come within so many milliseconds reach the resolvers together. */
const DEBOUNCE_MS = 50;

/** How many operations one transaction does. */
const BATCH = 100;

const FORGET_EVERY_MS = 3600 * 1000;

/** AWS Cloud Map: what is stored of it, the operations that are being done, and the names that follow. */
export class ServiceDiscovery implements Component, ZoneSource {
  readonly name = "servicediscovery";
  readonly store: Store;
  readonly ec2: Ec2;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly records: Collections;
  readonly cache: InstanceCache;
  private readonly log: Logger;
  private readonly index = new ZoneIndex();
  /** By scope: the VPCs whose names are to be published. */
  private readonly unpublished = new Map<string, Set<string>>();
  private allUnpublished = false;
  private readonly listeners = new Set<InstancesListener>();
  private readonly loop: ReconcileLoop;
  private readonly checker: HealthChecker;
  /** Cloud Map for other services. */
  readonly directory: ServiceDirectory = new LocalDirectory(this);
  private unsubscribe: (() => void) | undefined;
  private forgottenAt = 0;

  constructor({ store, ec2, clock, ids, log }: ServiceDiscoveryOptions) {
    this.store = store;
    this.ec2 = ec2;
    this.clock = clock;
    this.ids = ids;
    this.log = log;
    this.records = declareCollections(store);
    this.cache = new InstanceCache(this.records);
    const { operations } = this.records;
    this.loop = new ReconcileLoop({
      name: this.name,
      clock,
      log,
      debounceMs: DEBOUNCE_MS,
      unfinished: async () =>
        (await operations.listAll({ where: { status: ["SUBMITTED", "PENDING"] } })).map(({ scope }) => scope),
      reconcile: (key) => this.reconcile(key),
    });
    this.checker = new HealthChecker(this, log);
  }

  /** Goes on with the operations that were left. The VPCs' names are published by EC2's start. */
  async start(): Promise<void> {
    await this.index.load(this.records);
    this.cache.clear();
    this.unsubscribe ??= this.store.onChange((change) => this.noteChange(change));
    await this.loop.start();
    await this.checker.start();
  }

  async stop(): Promise<void> {
    await this.checker.stop();
    this.unsubscribe?.();
    this.unsubscribe = undefined;
    await this.loop.stop();
    this.unpublished.clear();
    this.allUnpublished = false;
  }

  /** The private namespaces of a VPC, and all public ones. */
  zonesOf(scope: Scope, vpcId: string): Promise<ZoneSpec[]> {
    return readZones(this.records, scope, vpcId);
  }

  /** Calls back after a commit that changed the instances of a service. @returns what ends it */
  onInstances(listener: InstancesListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private noteChange(change: Change): void {
    const { collection, scope, id, kind, values } = change;
    if (collection === TABLES.operations && values["status"] === "SUBMITTED") this.loop.wake(scope);
    const concern = this.index.note(change);
    if (concern) {
      if (concern === "all") this.allUnpublished = true;
      else this.vpcsToPublish(scope).add(concern.vpcId);
      this.loop.wake(scope);
    }
    if (collection === TABLES.instances) {
      const serviceId = serviceIdOf(id);
      this.cache.forget(serviceId);
      for (const listener of this.listeners) this.tell(listener, scope, serviceId);
    }
    if (collection === TABLES.services && kind === "delete") this.cache.forget(id);
    if (collection === TABLES.services || (collection === TABLES.instances && kind === "put"))
      this.checker.note(scope, collection === TABLES.services ? id : serviceIdOf(id));
  }

  private tell(listener: InstancesListener, scope: string, serviceId: string): void {
    try {
      listener(parseScopeKey(scope), serviceId);
    } catch (err) {
      this.log.error({ err, serviceId }, "a listener for instances failed");
    }
  }

  private vpcsToPublish(scope: string): Set<string> {
    let vpcs = this.unpublished.get(scope);
    if (!vpcs) this.unpublished.set(scope, (vpcs = new Set()));
    return vpcs;
  }

  /** Does what was submitted, brings names to the resolvers, and lets operations succeed. */
  private async reconcile(key: string): Promise<number | undefined> {
    const scope = parseScopeKey(key);
    const submitted = await this.operations(key, "SUBMITTED");
    failpoint("servicediscovery.submitted");
    const batch = submitted.slice(0, BATCH);
    if (batch.length)
      await this.store.transaction(async () => {
        for (const operation of batch) await applyOperation(this, scope, operation);
      });
    const pending = await this.operations(key, "PENDING");
    failpoint("servicediscovery.pending");
    await this.publish(scope);
    if (pending.length)
      await this.store.transaction(async () => {
        for (const { operationId } of pending) await advance(this, scope, operationId, { status: "SUCCESS" });
      });
    await this.forget();
    return submitted.length > BATCH ? this.clock.now() : undefined;
  }

  /** In the order in which they were submitted. */
  private async operations(key: string, status: "SUBMITTED" | "PENDING"): Promise<OperationRecord[]> {
    const found = await this.records.operations.list(key, { where: { status } });
    return found.toSorted((a, b) => a.createDate.getTime() - b.createDate.getTime());
  }

  private async publish(scope: Scope): Promise<void> {
    const vpcs = this.vpcsToPublish(scopeKey(scope));
    const [all, these] = [this.allUnpublished, [...vpcs]];
    this.allUnpublished = false;
    vpcs.clear();
    try {
      if (all) await this.ec2.publishAllZones();
      else await Promise.all(these.map((vpcId) => this.ec2.publishZones(scope, vpcId)));
    } catch (cause) {
      this.allUnpublished ||= all;
      for (const vpcId of these) vpcs.add(vpcId);
      throw cause;
    }
  }

  private async forget(): Promise<void> {
    if (this.clock.now() < this.forgottenAt + FORGET_EVERY_MS) return;
    this.forgottenAt = this.clock.now();
    await forgetOperations(this);
  }
}
