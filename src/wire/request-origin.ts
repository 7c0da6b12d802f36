/** Where in a VPC a request came from; there is none for a request of the host or its network. */
export interface RequestOrigin {
  vpcId: string;
  /** The client's address in the VPC. */
  privateIp: string;
  /** The VPC endpoint that it came by. */
  endpointId?: string;
  /** The text of that endpoint's policy, as it is now. */
  endpointPolicy?: () => string | Promise<string>;
}
