import type { CapacityProvider, CapacityProviderStrategyItem } from "@aws-sdk/client-ecs";
import { formatArn, parseArn } from "../../base/arn.ts";
import type { AwsError } from "../../base/errors.ts";
import type { Scope } from "../../base/scope.ts";
import type { StrategyItem } from "../../control/capacity-strategy.ts";
import { invalidParameter } from "./errors.ts";
import type { ClusterRecord } from "./store.ts";

/** Those that every account has. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html */
export const FARGATE_PROVIDERS = ["FARGATE", "FARGATE_SPOT"] as const;

const MAX_PROVIDERS = 20;

/** The capacity provider as the API shows it. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProvider.html */
export function capacityProviderView(scope: Scope, name: (typeof FARGATE_PROVIDERS)[number]): CapacityProvider {
  return {
    capacityProviderArn: formatArn("ecs", scope, `capacity-provider/${name}`),
    name,
    status: "ACTIVE",
    tags: [],
    type: name,
  };
}

/**
 * Why a capacity provider cannot be changed: it is Fargate's, or it is not there.
 * @param nameOrArn what names it
 */
export function refusedProvider(nameOrArn: string, done: "updated" | "deleted"): AwsError {
  const name = parseArn(nameOrArn)?.resource.replace(/^capacity-provider\//, "") ?? nameOrArn;
  return isOfFargate(name)
    ? invalidParameter(`The ${name} capacity provider is reserved and cannot be ${done}.`)
    : notFound();
}

const isOfFargate = (name: string) => (FARGATE_PROVIDERS as readonly string[]).includes(name);

const notFound = () =>
  invalidParameter("The specified capacity provider was not found. Specify a valid capacity provider and try again.");

/**
 * The capacity providers that a cluster is to have.
 * @throws AwsError InvalidParameterException
 */
export function checkCapacityProviders(names: readonly string[]): string[] {
  if (names.length > MAX_PROVIDERS)
    throw invalidParameter(`A cluster can have a maximum of ${MAX_PROVIDERS} capacity providers.`);
  if (!names.every(isOfFargate)) throw notFound();
  if (new Set(names).size < names.length)
    throw invalidParameter("The specified capacity providers contain duplicates. Remove them and try again.");
  return [...names];
}

/**
 * The default strategy of a cluster that has such capacity providers. Weights are not looked at before it is used.
 * @throws AwsError InvalidParameterException
 */
export function checkDefaultStrategy(
  items: readonly CapacityProviderStrategyItem[],
  capacityProviders: readonly string[],
): StrategyItem[] {
  return checkItems(
    items,
    capacityProviders,
    "The specified capacity provider strategy contains multiple capacity providers with a base value defined.",
  );
}

/**
 * The strategy that tasks are placed by.
 * @throws AwsError InvalidParameterException
 */
export function checkStrategy(
  items: readonly CapacityProviderStrategyItem[],
  { capacityProviders = [] }: Pick<ClusterRecord, "capacityProviders">,
): StrategyItem[] {
  const strategy = checkItems(
    items,
    capacityProviders,
    "There are multiple capacity providers in the specified capacity provider strategy with a base value defined.",
  );
  if (!placesTasks(strategy))
    throw invalidParameter(
      "There are no capacity providers in the capacity provider strategy with a weight value greater than zero. At least one capacity provider must have a weight value greater than zero specified. Specify a valid capacity provider strategy and try again.",
    );
  return strategy;
}

/**
 * The strategy of those who ask for none, and no launch type either.
 * @returns `undefined` when the cluster has none
 * @throws AwsError InvalidParameterException
 */
export function defaultStrategy({
  defaultStrategy: strategy,
}: Pick<ClusterRecord, "defaultStrategy">): StrategyItem[] | undefined {
  if (!strategy?.length) return undefined;
  if (!placesTasks(strategy))
    throw invalidParameter(
      "There are no capacity providers with a weight value greater than zero defined in the default capacity provider strategy. At least one capacity provider must have a weight value greater than zero specified. Update the cluster's default capacity provider strategy or specify a valid capacity provider strategy and try again.",
    );
  return strategy;
}

function placesTasks(strategy: readonly StrategyItem[]): boolean {
  return strategy.some(({ weight }) => weight > 0);
}

function checkItems(
  items: readonly CapacityProviderStrategyItem[],
  capacityProviders: readonly string[],
  severalBases: string,
): StrategyItem[] {
  if (items.length > MAX_PROVIDERS)
    throw invalidParameter(
      `A capacity provider strategy can contain a maximum of ${MAX_PROVIDERS} capacity providers.`,
    );
  const strategy = items.map(({ capacityProvider = "", base = 0, weight = 0 }) => ({ capacityProvider, base, weight }));
  const names = strategy.map(({ capacityProvider }) => capacityProvider);
  if (names.some((name) => !capacityProviders.includes(name)))
    throw invalidParameter(
      "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster or specify a valid capacity provider and try again.",
    );
  if (new Set(names).size < names.length)
    throw invalidParameter(
      "The specified capacity provider strategy contains duplicate capacity providers. Remove them and try again.",
    );
  if (strategy.filter(({ base }) => base > 0).length > 1) throw invalidParameter(severalBases);
  return strategy;
}
