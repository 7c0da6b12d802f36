import { scopeKey, type Scope } from "../../base/scope.ts";
import type { AuthorizedResource, ConditionValues } from "../../identity/authorization.ts";
import type { AuthorizationContext, AuthorizationRules } from "../../wire/authorization.ts";
import { check, conditions, removedTags, requestTags, tagValues } from "../../wire/checks.ts";
import { resourceArn, type ResourceKind } from "./identifiers.ts";
import { namespacesNamed } from "./namespaces.ts";
import type { ServiceDiscovery } from "./service-discovery.ts";
import { serviceNamed } from "./services.ts";
import type { NamespaceRecord, ServiceRecord } from "./store.ts";

/**
 * What the operations of Cloud Map need:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudmap.html
 */
export function serviceDiscoveryRules(
  sd: ServiceDiscovery,
): AuthorizationRules<typeof import("@aws-sdk/client-servicediscovery")> {
  const byArn = (arn: string): AuthorizedResource => ({
    arn,
    tags: async () => tagValues((await find(sd, arn))?.tags),
  });
  const resource = (scope: Scope, kind: ResourceKind, idOrArn: string) =>
    byArn(idOrArn.startsWith("arn:") ? idOrArn : resourceArn(scope, kind, idOrArn));
  const namespace = (scope: Scope, idOrArn: string | undefined) => resource(scope, "namespace", idOrArn ?? "");
  const service = (scope: Scope, idOrArn: string | undefined) => resource(scope, "service", idOrArn ?? "");

  const onNamespace =
    (action: string) =>
    ({ Id }: { Id: string | undefined }, { scope }: AuthorizationContext) => [check(action, namespace(scope, Id))];
  /** Services are all the account's own; only who changes one is told from others by that. */
  const ownService = (action: string, { account }: Scope): ConditionValues =>
    /:(Get|List)/.test(action) ? {} : { "servicediscovery:ServiceCreatedByAccount": account };
  const onService =
    (action: string) =>
    (
      { Id, ServiceId }: { Id?: string | undefined; ServiceId?: string | undefined },
      { scope }: AuthorizationContext,
    ) => [check(action, service(scope, Id ?? ServiceId), { conditions: ownService(action, scope) })];
  const onInstance =
    (action: string) =>
    ({ ServiceId }: { ServiceId: string | undefined }, { scope }: AuthorizationContext) => {
      const of = service(scope, ServiceId);
      return [
        check(action, of, { conditions: { ...ownService(action, scope), "servicediscovery:ServiceArn": of.arn } }),
      ];
    };
  const create =
    (action: string) =>
    ({ Tags }: { Tags?: { Key: string | undefined; Value: string | undefined }[] | undefined }) => [
      check(action, undefined, requestTags(Tags as { Key: string; Value: string }[] | undefined)),
    ];
  const discover =
    (action: string) =>
    async (
      { NamespaceName, ServiceName }: { NamespaceName: string | undefined; ServiceName: string | undefined },
      { scope }: AuthorizationContext,
    ) => {
      const keys = conditions({
        "servicediscovery:NamespaceName": NamespaceName,
        "servicediscovery:ServiceName": ServiceName,
      });
      return [check(action, await discovered(sd, scope, NamespaceName ?? "", ServiceName ?? ""), { conditions: keys })];
    };

  return {
    CreateHttpNamespace: create("servicediscovery:CreateHttpNamespace"),
    CreatePrivateDnsNamespace: create("servicediscovery:CreatePrivateDnsNamespace"),
    CreatePublicDnsNamespace: create("servicediscovery:CreatePublicDnsNamespace"),
    CreateService: (input, { scope }) => {
      const parent = namespace(scope, input.NamespaceId ?? input.DnsConfig?.NamespaceId);
      return [
        check("servicediscovery:CreateService", [parent, { arn: resourceArn(scope, "service", "*") }], {
          ...requestTags(input.Tags),
          conditions: { "servicediscovery:NamespaceArn": parent.arn },
        }),
      ];
    },
    DeleteNamespace: onNamespace("servicediscovery:DeleteNamespace"),
    DeleteService: onService("servicediscovery:DeleteService"),
    DeleteServiceAttributes: onService("servicediscovery:DeleteServiceAttributes"),
    DeregisterInstance: onInstance("servicediscovery:DeregisterInstance"),
    DiscoverInstances: discover("servicediscovery:DiscoverInstances"),
    DiscoverInstancesRevision: discover("servicediscovery:DiscoverInstancesRevision"),
    GetInstance: onInstance("servicediscovery:GetInstance"),
    GetInstancesHealthStatus: onInstance("servicediscovery:GetInstancesHealthStatus"),
    GetNamespace: onNamespace("servicediscovery:GetNamespace"),
    GetOperation: async ({ OperationId }, { scope }) => {
      const operation = await sd.records.operations.get(scopeKey(scope), OperationId ?? "");
      return [check("servicediscovery:GetOperation", operation ? namespace(scope, operation.namespaceId) : undefined)];
    },
    GetService: onService("servicediscovery:GetService"),
    GetServiceAttributes: onService("servicediscovery:GetServiceAttributes"),
    ListInstances: onInstance("servicediscovery:ListInstances"),
    ListNamespaces: () => [check("servicediscovery:ListNamespaces")],
    ListOperations: () => [check("servicediscovery:ListOperations")],
    ListServices: () => [check("servicediscovery:ListServices")],
    ListTagsForResource: ({ ResourceARN }) => [
      check("servicediscovery:ListTagsForResource", byArn(ResourceARN ?? "*")),
    ],
    RegisterInstance: onInstance("servicediscovery:RegisterInstance"),
    TagResource: ({ ResourceARN, Tags }) => [
      check("servicediscovery:TagResource", byArn(ResourceARN ?? "*"), requestTags(Tags)),
    ],
    UntagResource: ({ ResourceARN, TagKeys }) => [
      check("servicediscovery:UntagResource", byArn(ResourceARN ?? "*"), removedTags(TagKeys)),
    ],
    UpdateHttpNamespace: onNamespace("servicediscovery:UpdateHttpNamespace"),
    UpdateInstanceCustomHealthStatus: onInstance("servicediscovery:UpdateInstanceCustomHealthStatus"),
    UpdatePrivateDnsNamespace: onNamespace("servicediscovery:UpdatePrivateDnsNamespace"),
    UpdatePublicDnsNamespace: onNamespace("servicediscovery:UpdatePublicDnsNamespace"),
    UpdateService: onService("servicediscovery:UpdateService"),
    UpdateServiceAttributes: onService("servicediscovery:UpdateServiceAttributes"),
  };
}

async function find(sd: ServiceDiscovery, arn: string): Promise<NamespaceRecord | ServiceRecord | undefined> {
  const [, , , region = "", account = "", path = ""] = arn.split(":");
  const [kind, id = ""] = path.split("/");
  const { namespaces, services } = sd.records;
  return await (kind === "namespace" ? namespaces : services).get(scopeKey({ account, region }), id);
}

/** The namespace and service that a question by names finds; of what there is not, any. */
async function discovered(
  sd: ServiceDiscovery,
  scope: Scope,
  namespaceName: string,
  serviceName: string,
): Promise<AuthorizedResource[]> {
  const namespaces = await namespacesNamed(sd, scope, namespaceName);
  let namespace = namespaces[0];
  let service: ServiceRecord | undefined;
  for (const each of namespaces) {
    service = await serviceNamed(sd, scope, each.namespaceId, serviceName);
    if (!service) continue;
    namespace = each;
    break;
  }
  return [
    { arn: resourceArn(scope, "namespace", namespace?.namespaceId ?? "*"), tags: () => tagValues(namespace?.tags) },
    { arn: resourceArn(scope, "service", service?.serviceId ?? "*"), tags: () => tagValues(service?.tags) },
  ];
}
