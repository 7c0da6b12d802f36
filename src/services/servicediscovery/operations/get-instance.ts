import type { GetInstanceRequest, GetInstanceResponse } from "@aws-sdk/client-servicediscovery";
import type { RequestContext } from "../../../wire/context.ts";
import { instanceOf } from "../instances.ts";
import type { ServiceDiscovery } from "../service-discovery.ts";
import { serviceOf } from "../services.ts";
import { instanceView } from "../views.ts";

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_GetInstance.html */
export function getInstance(sd: ServiceDiscovery) {
  return async (input: GetInstanceRequest, { scope }: RequestContext): Promise<GetInstanceResponse> => {
    const service = await serviceOf(sd, scope, input.ServiceId!);
    const instance = await instanceOf(sd, scope, service, input.InstanceId!);
    return { ResourceOwner: scope.account, Instance: instanceView(scope, instance) };
  };
}
