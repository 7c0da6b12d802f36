import type { RegisterInstanceRequest, RegisterInstanceResponse } from "@aws-sdk/client-servicediscovery";
import type { RequestContext } from "../../../wire/context.ts";
import { checkAttributes } from "../instance-attributes.ts";
import { checkRoomForInstance } from "../instances.ts";
import { submit } from "../operation-log.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";
import { serviceOf } from "../services.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_RegisterInstance.html */
export function registerInstance(sd: ServiceDiscovery) {
  return async (input: RegisterInstanceRequest, { scope }: RequestContext): Promise<RegisterInstanceResponse> => {
    const instanceId = input.InstanceId!;
    const attributes = { ...input.Attributes };
    return await sd.store.transaction(async () => {
      const service = await serviceOf(sd, scope, input.ServiceId!);
      checkAttributes(service, attributes);
      await checkRoomForInstance(sd, scope, service, instanceId);
      const target = { namespaceId: service.namespaceId, serviceId: service.serviceId, instanceId };
      return await submit(sd, scope, target, { kind: "REGISTER_INSTANCE", attributes }, input.CreatorRequestId);
    });
  };
}
