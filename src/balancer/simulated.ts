import { withEndpoints } from "./endpoints.ts";
import type { ProxyEndpoint, ProxyMetrics, ProxyShift, ProxySpec, ServiceConnectProxies } from "./service-connect.ts";

/** Proxies that exist in name only, for the simulated compute backend: they remember what they were told. */
export class SimulatedProxies implements ServiceConnectProxies {
  private readonly specs = new Map<string, ProxySpec>();

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  async ensure(spec: ProxySpec): Promise<void> {
    this.specs.set(spec.taskId, spec);
  }

  async setEndpoints(taskId: string, route: string, endpoints: ProxyEndpoint[], shift?: ProxyShift): Promise<void> {
    const spec = this.specs.get(taskId);
    if (spec) this.specs.set(taskId, withEndpoints(spec, route, endpoints, shift));
  }

  async remove(taskId: string): Promise<void> {
    this.specs.delete(taskId);
  }

  async metrics(): Promise<ProxyMetrics[]> {
    return [];
  }

  async list(): Promise<string[]> {
    return [...this.specs.keys()];
  }

  /** What a task's proxy was told last. */
  specOf(taskId: string): ProxySpec | undefined {
    return this.specs.get(taskId);
  }
}
