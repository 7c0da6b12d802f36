import { expect, test } from "vitest";
import { checkFormat, DEFAULT_FORMAT, flowRecord, type FlowSubject } from "./flow-log-format.ts";

const subject = {
  scope: { account: "111122223333", region: "eu-central-1" },
  networkInterface: {
    interfaceId: "eni-0aaaaaaaaaaaaaaaa",
    vpcId: "vpc-0bbbbbbbbbbbbbbbb",
    subnetId: "subnet-0cccccccccccccccc",
    availabilityZoneId: "euc1-az1",
  },
  start: 1_700_000_000,
  end: 1_700_000_060,
  sample: {
    interfaceId: "eni-0aaaaaaaaaaaaaaaa",
    direction: "ingress",
    sourceAddress: "172.31.0.5",
    destinationAddress: "172.31.0.9",
    sourcePort: 40000,
    destinationPort: 80,
    protocol: 6,
    packets: 10,
    bytes: 840,
    action: "ACCEPT",
  },
} as FlowSubject;
const silent = { ...subject, sample: undefined };

test.each<[string, FlowSubject, string]>([
  [
    DEFAULT_FORMAT,
    subject,
    "2 111122223333 eni-0aaaaaaaaaaaaaaaa 172.31.0.5 172.31.0.9 40000 80 6 10 840 1700000000 1700000060 ACCEPT OK",
  ],
  [DEFAULT_FORMAT, silent, "2 111122223333 eni-0aaaaaaaaaaaaaaaa - - - - - - - 1700000000 1700000060 - NODATA"],
  ["${vpc-id} ${version} ${instance-id} ${type}", subject, "vpc-0bbbbbbbbbbbbbbbb 3 - IPv4"],
  ["${version} ${region} ${az-id} ${sublocation-id}", silent, "4 eu-central-1 euc1-az1 -"],
  ["${version} ${flow-direction} ${subnet-id}", subject, "5 ingress subnet-0cccccccccccccccc"],
])("writes %s", (format, given, record) => {
  checkFormat(format);
  expect(flowRecord(format, given)).toBe(record);
});

test.each<[string, string]>([
  ["${version} ${nonsense}", "ValidationError"],
  ["${version}  ${action}", "ValidationError"],
  ["version", "ValidationError"],
  ["${version} ${action} ", "ValidationError"],
  ["${toString}", "ValidationError"],
  ["${version} ${tcp-flags}", "InvalidParameter"],
  ["${pkt-srcaddr}", "InvalidParameter"],
])("refuses %s", (format, code) => {
  expect(() => checkFormat(format)).toThrow(expect.objectContaining({ code }) as Error);
});
