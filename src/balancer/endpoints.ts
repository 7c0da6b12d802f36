import type { ProxyEndpoint, ProxyShift, ProxySpec } from "./service-connect.ts";

/** A proxy whose client route has these endpoints and no others. */
export function withEndpoints(
  spec: ProxySpec,
  route: string,
  endpoints: ProxyEndpoint[],
  shift: ProxyShift | undefined,
): ProxySpec {
  const clients = spec.clients.map((client) => {
    if (client.name !== route) return client;
    const { shift: _shift, ...rest } = client;
    return { ...rest, endpoints, ...(shift ? { shift } : {}) };
  });
  return { ...spec, clients };
}

/** What is left when endpoints are not looked at: a proxy that differs here must be started anew. */
export function withoutEndpoints(spec: ProxySpec): ProxySpec {
  return { ...spec, clients: spec.clients.map(({ shift: _shift, ...client }) => ({ ...client, endpoints: [] })) };
}
