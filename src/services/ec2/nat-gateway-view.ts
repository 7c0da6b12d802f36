import type { NatGateway, NatGatewayAddressStatus } from "@aws-sdk/client-ec2";
import type { NatGatewayRecord } from "./records.ts";

/** A NAT gateway as the API shows it. */
export function natGatewayView(gateway: NatGatewayRecord): NatGateway {
  const { natGatewayId, vpcId, subnetId, connectivityType, state, failureCode, failureMessage, tags } = gateway;
  return {
    NatGatewayId: natGatewayId,
    VpcId: vpcId,
    SubnetId: subnetId,
    ConnectivityType: connectivityType,
    AvailabilityMode: "zonal",
    State: state,
    CreateTime: gateway.createdAt,
    ...(gateway.deletedAt ? { DeleteTime: gateway.deletedAt } : {}),
    ...(failureCode === undefined ? {} : { FailureCode: failureCode, FailureMessage: failureMessage }),
    NatGatewayAddresses: [
      {
        ...(gateway.allocationId === undefined ? {} : { AllocationId: gateway.allocationId }),
        NetworkInterfaceId: gateway.interfaceId,
        PrivateIp: gateway.privateIp,
        ...(gateway.publicIp === undefined ? {} : { PublicIp: gateway.publicIp }),
        ...(gateway.associationId === undefined ? {} : { AssociationId: gateway.associationId }),
        IsPrimary: true,
        Status: addressStatus(gateway),
        ...(failureMessage === undefined ? {} : { FailureMessage: failureMessage }),
      },
    ],
    Tags: tags,
  };
}

function addressStatus({ state, connectivityType }: NatGatewayRecord): NatGatewayAddressStatus {
  if (state === "failed") return "failed";
  if (state === "pending") return connectivityType === "public" ? "associating" : "assigning";
  return "succeeded";
}
