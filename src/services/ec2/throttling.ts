import type { BucketSize } from "../../base/token-buckets.ts";
import type { RequestBuckets } from "../../wire/throttle.ts";

/* https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html: each operation has a bucket of its own. */

const NON_MUTATING: BucketSize = { burst: 100, perSecond: 20 };
/** Also of the resource-intensive ones: AWS has the same for both. */
const MUTATING: BucketSize = { burst: 50, perSecond: 5 };

/** Those that AWS lists by name. */
const BY_OPERATION: Readonly<Record<string, BucketSize>> = {
  AcceptVpcEndpointConnections: { burst: 10, perSecond: 1 },
  AssignIpv6Addresses: { burst: 100, perSecond: 5 },
  AssignPrivateIpAddresses: { burst: 100, perSecond: 5 },
  AssociateNatGatewayAddress: { burst: 10, perSecond: 1 },
  CreateDefaultSubnet: { burst: 1, perSecond: 1 },
  CreateDefaultVpc: { burst: 1, perSecond: 1 },
  CreateNatGateway: { burst: 10, perSecond: 1 },
  CreateNetworkInterface: { burst: 100, perSecond: 5 },
  CreateSnapshot: { burst: 100, perSecond: 5 },
  CreateSnapshots: { burst: 100, perSecond: 5 },
  CreateTags: { burst: 100, perSecond: 10 },
  CreateVolume: { burst: 100, perSecond: 5 },
  CreateVpcEndpoint: { burst: 4, perSecond: 0.3 },
  CreateVpcEndpointServiceConfiguration: { burst: 10, perSecond: 1 },
  DeleteNatGateway: { burst: 10, perSecond: 1 },
  DeleteNetworkInterface: { burst: 100, perSecond: 5 },
  DeleteSnapshot: { burst: 100, perSecond: 5 },
  DeleteTags: { burst: 100, perSecond: 10 },
  DeleteVolume: { burst: 100, perSecond: 5 },
  DeleteVpcEndpoints: { burst: 4, perSecond: 0.3 },
  DeleteVpcEndpointServiceConfigurations: { burst: 10, perSecond: 1 },
  DescribeSecurityGroupReferences: { burst: 20, perSecond: 5 },
  DescribeStaleSecurityGroups: { burst: 20, perSecond: 5 },
  DisassociateNatGatewayAddress: { burst: 10, perSecond: 1 },
  ModifyNetworkInterfaceAttribute: { burst: 100, perSecond: 5 },
  ModifySnapshotAttribute: { burst: 100, perSecond: 5 },
};

/** The bucket of an operation of Amazon EC2. */
export const ec2RequestBuckets: RequestBuckets = (operation) => {
  const reads = /^(Describe|List|Search|Get)/.test(operation);
  return [{ name: operation, ...(BY_OPERATION[operation] ?? (reads ? NON_MUTATING : MUTATING)) }];
};
