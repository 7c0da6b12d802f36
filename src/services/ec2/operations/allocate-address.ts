import type { AllocateAddressRequest, AllocateAddressResult } from "@aws-sdk/client-ec2";
import { ec2Id } from "../../../base/ids.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { AMAZON_POOL, takeElasticAddress } from "../elastic-addresses.ts";
import { invalidParameterValue } from "../errors.ts";
import { noSuchResource, tooManyAddresses } from "../errors/routing.ts";
import type { ElasticAddressRecord } from "../records.ts";
import { specifiedTags } from "../tags.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html#using-instance-addressing-limit */
const MAX_PER_REGION = 5;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html */
export function allocateAddress(ec2: Ec2) {
  const { elasticAddresses } = ec2.records;
  return async (input: AllocateAddressRequest, { scope }: RequestContext): Promise<AllocateAddressResult> => {
    checkPool(input, scope.region);
    const tags = specifiedTags(input.TagSpecifications, "elastic-ip");
    const address = await ec2.store.transaction(async () => {
      if ((await elasticAddresses.count(scopeKey(scope))) >= MAX_PER_REGION) throw tooManyAddresses();
      const allocationId = ec2Id(ec2.ids, "eipalloc");
      const publicIp = await takeElasticAddress(ec2, allocationId, input.Address);
      const record: ElasticAddressRecord = { allocationId, publicIp, tags };
      await elasticAddresses.insert(scopeKey(scope), allocationId, record);
      return record;
    });
    return {
      PublicIp: address.publicIp,
      AllocationId: address.allocationId,
      PublicIpv4Pool: AMAZON_POOL,
      NetworkBorderGroup: scope.region,
      Domain: "vpc",
    };
  };
}

/** There is one pool, in one group. */
function checkPool(input: AllocateAddressRequest, region: string): void {
  const { Domain = "vpc", PublicIpv4Pool: pool = AMAZON_POOL, NetworkBorderGroup: group = region } = input;
  if (Domain !== "vpc") throw invalidParameterValue(`Invalid value '${Domain}' for domain.`);
  if (pool !== AMAZON_POOL)
    throw noSuchResource("InvalidPublicIpv4PoolID", `The publicIpv4Pool ID '${pool}' does not exist`);
  if (group !== region) throw invalidParameterValue(`Invalid value '${group}' for network border group.`);
  const { CustomerOwnedIpv4Pool: owned, IpamPoolId: ipam } = input;
  if (owned !== undefined) throw noSuchResource("InvalidPoolID", `The pool ID '${owned}' does not exist.`);
  if (ipam !== undefined) throw noSuchResource("InvalidIpamPoolId", `The ipam-pool ID '${ipam}' does not exist`);
}
