import type { DeregisterInstanceRequest, DeregisterInstanceResponse } from "@aws-sdk/client-servicediscovery";
import type { RequestContext } from "../../../wire/context.ts";
import { instanceOf } from "../instances.ts";
import { submit } from "../operation-log.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";
import { serviceOf } from "../services.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_DeregisterInstance.html */
export function deregisterInstance(sd: ServiceDiscovery) {
  return async (input: DeregisterInstanceRequest, { scope }: RequestContext): Promise<DeregisterInstanceResponse> =>
    await sd.store.transaction(async () => {
      const service = await serviceOf(sd, scope, input.ServiceId!);
      const { namespaceId, serviceId } = service;
      const instanceId = input.InstanceId!;
      const target = { namespaceId, serviceId, instanceId };
      const submitted = await submit(sd, scope, target, { kind: "DEREGISTER_INSTANCE" });
      // Afterwards: one that is just being registered is busy rather than unknown.
      await instanceOf(sd, scope, service, instanceId);
      return submitted;
    });
}
