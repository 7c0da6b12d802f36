import type { DnsConfigChange, UpdateServiceRequest, UpdateServiceResponse } from "@aws-sdk/client-servicediscovery";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidInput } from "../errors.ts";
import { namespaceOf } from "../namespaces.ts";
import { submit } from "../operation-log.ts";
import type { Request } from "../request.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";
import { dnsSettings, healthCheckSettings } from "../service-settings.ts";
import { serviceOf } from "../services.ts";
import type { DnsSettings, ServiceRecord } from "../store.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_UpdateService.html */
export function updateService(sd: ServiceDiscovery) {
  return async (input: UpdateServiceRequest, { scope }: RequestContext): Promise<UpdateServiceResponse> =>
    await sd.store.transaction(async () => {
      const service = await serviceOf(sd, scope, input.Id!);
      const { serviceId, namespaceId } = service;
      const { Description: description, DnsConfig, HealthCheckConfig: check } = input.Service!;
      const dns = changedDns(service, DnsConfig);
      if (check && service.hasCustomHealth)
        throw invalidInput("HealthCheckConfig can't be added to a service with HealthCheckCustomConfig.");
      const healthCheck = check && healthCheckSettings(check, await namespaceOf(sd, scope, namespaceId), dns);
      const request: Request = {
        kind: "UPDATE_SERVICE",
        ...(description !== undefined && { description }),
        ...(dns && { dns }),
        ...(healthCheck && { healthCheck }),
      };
      return await submit(sd, scope, { namespaceId, serviceId }, request);
    });
}

/** Records can be left out and get another TTL; types are not added. */
function changedDns({ dns }: ServiceRecord, change: DnsConfigChange | undefined): DnsSettings | undefined {
  if (!change?.DnsRecords?.length) return undefined;
  const types = dns?.records.map((record) => record.Type) ?? [];
  for (const { Type } of change.DnsRecords)
    if (!types.includes(Type!))
      throw invalidInput(`Record type ${Type} can't be added: the record types of a service can't be changed.`);
  return dnsSettings(change.DnsRecords, dns!.routingPolicy);
}
