import type { BucketSize } from "../../base/token-buckets.ts";
import type { RequestBuckets } from "../../wire/throttle.ts";

/* https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html: each operation has a bucket of its own. */

const NON_MUTATING: BucketSize = { burst: 100, perSecond: 20 };
/** Also of the resource-intensive ones: AWS has the same for both. */
const MUTATING: BucketSize = { burst: 50, perSecond: 5 };

/** Those that AWS lists by name, of the operations that are built. */
const BY_OPERATION: Readonly<Record<string, BucketSize>> = {
  CreateDefaultSubnet: { burst: 1, perSecond: 1 },
  CreateDefaultVpc: { burst: 1, perSecond: 1 },
  CreateNatGateway: { burst: 10, perSecond: 1 },
  CreateTags: { burst: 100, perSecond: 10 },
  CreateVpcEndpoint: { burst: 4, perSecond: 0.3 },
  DeleteNatGateway: { burst: 10, perSecond: 1 },
  DeleteNetworkInterface: { burst: 100, perSecond: 5 },
  DeleteTags: { burst: 100, perSecond: 10 },
  DeleteVolume: { burst: 100, perSecond: 5 },
  DeleteVpcEndpoints: { burst: 4, perSecond: 0.3 },
  DescribeSecurityGroupReferences: { burst: 20, perSecond: 5 },
  DescribeStaleSecurityGroups: { burst: 20, perSecond: 5 },
  ModifyNetworkInterfaceAttribute: { burst: 100, perSecond: 5 },
  ModifyVpcEndpoint: { burst: 4, perSecond: 0.3 },
};

/** The bucket of an operation of Amazon EC2. */
export const ec2RequestBuckets: RequestBuckets = (operation) => {
  const reads = /^(Describe|List|Search|Get)/.test(operation);
  return [{ name: operation, ...(BY_OPERATION[operation] ?? (reads ? NON_MUTATING : MUTATING)) }];
};
