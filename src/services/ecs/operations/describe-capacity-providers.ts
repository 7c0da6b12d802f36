import type { DescribeCapacityProvidersRequest, DescribeCapacityProvidersResponse, Failure } from "@aws-sdk/client-ecs";
import { parseArn } from "../../../base/arn.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { capacityProviderView, FARGATE_PROVIDERS } from "../capacity-providers.ts";
import { activeCluster, inScope } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter } from "../errors.ts";
import { arnNamed } from "../named-resources.ts";
import { page } from "../paging.ts";

const MAX_PROVIDERS = 100;
const PAGE = 10;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeCapacityProviders.html */
export function describeCapacityProviders(ecs: Ecs) {
  return async (
    input: DescribeCapacityProvidersRequest,
    { scope }: RequestContext,
  ): Promise<DescribeCapacityProvidersResponse> => {
    const references = [...new Set(input.capacityProviders ?? [])];
    if (references.length > MAX_PROVIDERS)
      throw invalidParameter(`Capacity providers cannot have more than ${MAX_PROVIDERS} elements`);
    if ((input.maxResults ?? PAGE) > PAGE) throw invalidParameter(`Max results can not be greater than ${PAGE}`);
    const associated = input.cluster
      ? ((await activeCluster(ecs, scope, input.cluster)).capacityProviders ?? [])
      : undefined;
    const known = FARGATE_PROVIDERS.filter((name) => associated?.includes(name) ?? true);
    const nameOf = (reference: string) =>
      inScope(reference, scope) ? (parseArn(reference)?.resource.replace(/^capacity-provider\//, "") ?? reference) : "";
    const names = references.map(nameOf);
    const found = known.filter((name) => !references.length || names.includes(name));
    const failures: Failure[] = references
      .filter((reference) => !known.some((name) => name === nameOf(reference)))
      .map((reference) => ({
        arn: arnNamed(scope, "capacity-provider/", reference),
        reason: "MISSING",
      }));
    const { items, nextToken } = page(found, (name) => name, input, { list: "DescribeCapacityProviders", size: PAGE });
    return { capacityProviders: items.map((name) => capacityProviderView(scope, name)), failures, nextToken };
  };
}
