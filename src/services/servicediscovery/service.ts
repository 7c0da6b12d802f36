import { defineService, type ServiceDefinition } from "../../wire/service.ts";
import { serviceDiscoveryRules } from "./authorization.ts";
import { createHttpNamespace } from "./operations/create-http-namespace.ts";
import { createPrivateDnsNamespace } from "./operations/create-private-dns-namespace.ts";
import { createPublicDnsNamespace } from "./operations/create-public-dns-namespace.ts";
import { createService } from "./operations/create-service.ts";
import { deleteNamespace } from "./operations/delete-namespace.ts";
import { deleteService } from "./operations/delete-service.ts";
import { deleteServiceAttributes } from "./operations/delete-service-attributes.ts";
import { deregisterInstance } from "./operations/deregister-instance.ts";
import { discoverInstances } from "./operations/discover-instances.ts";
import { discoverInstancesRevision } from "./operations/discover-instances-revision.ts";
import { getInstance } from "./operations/get-instance.ts";
import { getInstancesHealthStatus } from "./operations/get-instances-health-status.ts";
import { getNamespace } from "./operations/get-namespace.ts";
import { getOperation } from "./operations/get-operation.ts";
import { getService } from "./operations/get-service.ts";
import { getServiceAttributes } from "./operations/get-service-attributes.ts";
import { listInstances } from "./operations/list-instances.ts";
import { listNamespaces } from "./operations/list-namespaces.ts";
import { listOperations } from "./operations/list-operations.ts";
import { listServices } from "./operations/list-services.ts";
import { listTagsForResource } from "./operations/list-tags-for-resource.ts";
import { registerInstance } from "./operations/register-instance.ts";
import { tagResource } from "./operations/tag-resource.ts";
import { untagResource } from "./operations/untag-resource.ts";
import { updateHttpNamespace } from "./operations/update-http-namespace.ts";
import { updateInstanceCustomHealthStatus } from "./operations/update-instance-custom-health-status.ts";
import { updatePrivateDnsNamespace } from "./operations/update-private-dns-namespace.ts";
import { updatePublicDnsNamespace } from "./operations/update-public-dns-namespace.ts";
import { updateService } from "./operations/update-service.ts";
import { updateServiceAttributes } from "./operations/update-service-attributes.ts";
import type { ServiceDiscovery } from "./service-discovery.ts";

/** AWS Cloud Map, https://docs.aws.amazon.com/cloud-map/latest/api/Welcome.html */
export function serviceDiscoveryService(sd: ServiceDiscovery): ServiceDefinition {
  return defineService<typeof import("@aws-sdk/client-servicediscovery")>(
    {
      name: "servicediscovery",
      signingName: "servicediscovery",
      protocols: ["awsJson1_1"],
      targetPrefix: "Route53AutoNaming_v20170314",
      version: "2017-03-14",
      validationErrorCode: "InvalidInput",
      sdk: () => import("@aws-sdk/client-servicediscovery"),
      bounds: async () =>
        (await import("../../../generated/bounds/servicediscovery.json", { with: { type: "json" } })).default,
    },
    {
      CreateHttpNamespace: createHttpNamespace(sd),
      CreatePrivateDnsNamespace: createPrivateDnsNamespace(sd),
      CreatePublicDnsNamespace: createPublicDnsNamespace(sd),
      CreateService: createService(sd),
      DeleteNamespace: deleteNamespace(sd),
      DeleteService: deleteService(sd),
      DeleteServiceAttributes: deleteServiceAttributes(sd),
      DeregisterInstance: deregisterInstance(sd),
      DiscoverInstances: discoverInstances(sd),
      DiscoverInstancesRevision: discoverInstancesRevision(sd),
      GetInstance: getInstance(sd),
      GetInstancesHealthStatus: getInstancesHealthStatus(sd),
      GetNamespace: getNamespace(sd),
      GetOperation: getOperation(sd),
      GetService: getService(sd),
      GetServiceAttributes: getServiceAttributes(sd),
      ListInstances: listInstances(sd),
      ListNamespaces: listNamespaces(sd),
      ListOperations: listOperations(sd),
      ListServices: listServices(sd),
      ListTagsForResource: listTagsForResource(sd),
      RegisterInstance: registerInstance(sd),
      TagResource: tagResource(sd),
      UntagResource: untagResource(sd),
      UpdateHttpNamespace: updateHttpNamespace(sd),
      UpdateInstanceCustomHealthStatus: updateInstanceCustomHealthStatus(sd),
      UpdatePrivateDnsNamespace: updatePrivateDnsNamespace(sd),
      UpdatePublicDnsNamespace: updatePublicDnsNamespace(sd),
      UpdateService: updateService(sd),
      UpdateServiceAttributes: updateServiceAttributes(sd),
    },
    serviceDiscoveryRules(sd),
  );
}
