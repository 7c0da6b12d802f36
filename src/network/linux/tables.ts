import { Table } from "./nft.ts";

/** The name of a VPC's tables in its router's namespace: one for IP, one for ARP. */
export const VPC_TABLE = "vpc";
export const vpcTable = new Table("inet", VPC_TABLE);
export const vpcArpTable = new Table("arp", VPC_TABLE);
