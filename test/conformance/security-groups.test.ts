import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  DeleteManagedPrefixListCommand,
  DeleteSecurityGroupCommand,
  DescribeManagedPrefixListsCommand,
  DescribePrefixListsCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  GetManagedPrefixListAssociationsCommand,
  GetSecurityGroupsForVpcCommand,
  ModifyManagedPrefixListCommand,
  ModifySecurityGroupRulesCommand,
  paginateDescribeSecurityGroups,
  paginateGetManagedPrefixListEntries,
  RestoreManagedPrefixListVersionCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
  type EC2Client,
  type IpPermission,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine } from "../support/engine.ts";

/* Security groups and managed prefix lists, as the AWS CLI and the SDK see them. */

let engine: TestEngine;
let ec2: EC2Client;
let names = 0;

beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  ec2 = engine.clients().ec2;
});
afterAll(() => engine.stop());

async function newGroup(): Promise<string> {
  const GroupName = `group-${names++}`;
  const { GroupId } = await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: "of a test" }));
  return GroupId!;
}

async function allow(GroupId: string, ...IpPermissions: IpPermission[]) {
  const { SecurityGroupRules } = await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions, TagSpecifications: [] }),
  );
  return SecurityGroupRules!;
}

async function newList(MaxEntries = 10, ...cidrs: string[]): Promise<string> {
  const { PrefixList } = await ec2.send(
    new CreateManagedPrefixListCommand({
      PrefixListName: `list-${names++}`,
      AddressFamily: "IPv4",
      MaxEntries,
      Entries: cidrs.map((Cidr) => ({ Cidr, Description: `is ${Cidr}` })),
    }),
  );
  return PrefixList!.PrefixListId!;
}

const http = { IpProtocol: "tcp", FromPort: 80, ToPort: 80 };

test("a rule by the members of the CLI's short form, with tags and a description", async () => {
  const group = await newGroup();
  const one = await engine.awsJson<{ SecurityGroupRules: object[] }>(
    "ec2",
    "authorize-security-group-ingress",
    "--group-id",
    group,
    "--protocol",
    "tcp",
    "--port",
    "22-23",
    "--cidr",
    "192.0.2.7/24",
    "--tag-specifications",
    "ResourceType=security-group-rule,Tags=[{Key=of,Value=me}]",
  );
  expect(one).toMatchObject({
    Return: true,
    SecurityGroupRules: [
      {
        GroupId: group,
        GroupOwnerId: "000000000000",
        IsEgress: false,
        IpProtocol: "tcp",
        FromPort: 22,
        ToPort: 23,
        CidrIpv4: "192.0.2.0/24",
        Tags: [{ Key: "of", Value: "me" }],
      },
    ],
  });
  await engine.aws(
    "ec2",
    "authorize-security-group-ingress",
    "--group-id",
    group,
    "--protocol",
    "-1",
    "--source-group",
    group,
  );
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [group] }));
  expect(SecurityGroups![0]!.IpPermissions).toEqual([
    expect.objectContaining({ IpProtocol: "tcp", IpRanges: [{ CidrIp: "192.0.2.0/24" }] }),
    expect.objectContaining({
      IpProtocol: "-1",
      UserIdGroupPairs: [{ GroupId: group, UserId: "000000000000" }],
    }),
  ]);
});

test("rules are modified in place, within their kind", async () => {
  const group = await newGroup();
  const [rule, other] = await allow(group, {
    ...http,
    IpRanges: [{ CidrIp: "10.0.0.0/8" }, { CidrIp: "10.1.0.0/16" }],
  });
  const SecurityGroupRuleId = rule!.SecurityGroupRuleId!;
  const modify = (SecurityGroupRule: object) =>
    ec2.send(
      new ModifySecurityGroupRulesCommand({
        GroupId: group,
        SecurityGroupRules: [{ SecurityGroupRuleId, SecurityGroupRule }],
      }),
    );
  expect(
    await modify({ IpProtocol: "udp", FromPort: 53, ToPort: 53, CidrIpv4: "10.2.0.0/16", Description: "names" }),
  ).toMatchObject({ Return: true });
  const { SecurityGroupRules } = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [SecurityGroupRuleId] }),
  );
  expect(SecurityGroupRules).toMatchObject([
    { IpProtocol: "udp", FromPort: 53, CidrIpv4: "10.2.0.0/16", Description: "names" },
  ]);
  await expect(modify({ IpProtocol: "-1", ReferencedGroupId: group })).rejects.toMatchObject({
    name: "InvalidParameterValue",
    message: "You may not specify a referenced group id for an existing IPv4 CIDR rule.",
  });
  await expect(modify({ ...http, CidrIpv4: other!.CidrIpv4 })).rejects.toMatchObject({
    name: "InvalidPermission.Duplicate",
  });
  await expect(
    ec2.send(
      new ModifySecurityGroupRulesCommand({
        GroupId: await newGroup(),
        SecurityGroupRules: [{ SecurityGroupRuleId, SecurityGroupRule: { ...http, CidrIpv4: "10.0.0.0/8" } }],
      }),
    ),
  ).rejects.toMatchObject({ name: "InvalidSecurityGroupRuleId.NotFound" });
});

test("descriptions are updated by permission and by rule", async () => {
  const group = await newGroup();
  const ranges = [{ CidrIp: "10.0.0.0/8", Description: "before" }, { CidrIp: "10.1.0.0/16" }];
  const [first, second] = await allow(group, { ...http, IpRanges: ranges });
  const update = (input: object) =>
    ec2.send(new UpdateSecurityGroupRuleDescriptionsIngressCommand({ GroupId: group, ...input }));
  const described = async () =>
    (
      await ec2.send(
        new DescribeSecurityGroupRulesCommand({
          SecurityGroupRuleIds: [first!.SecurityGroupRuleId!, second!.SecurityGroupRuleId!],
        }),
      )
    )
      .SecurityGroupRules!.toSorted((a, b) => (a.CidrIpv4! < b.CidrIpv4! ? -1 : 1))
      .map((rule) => rule.Description);
  await update({ IpPermissions: [{ ...http, IpRanges: [{ CidrIp: "10.0.0.0/8" }] }] });
  const byId = [{ SecurityGroupRuleId: second!.SecurityGroupRuleId, Description: "by id" }];
  await update({ SecurityGroupRuleDescriptions: byId });
  expect(await described()).toEqual([undefined, "by id"]);
  await expect(update({ IpPermissions: [{ ...http, IpRanges: [{ CidrIp: "10.9.0.0/16" }] }] })).rejects.toMatchObject({
    name: "InvalidPermission.NotFound",
    message: "The specified rule does not exist in this security group.",
  });
  await engine.aws(
    "ec2",
    "update-security-group-rule-descriptions-egress",
    "--group-id",
    group,
    "--ip-permissions",
    "IpProtocol=-1,IpRanges=[{CidrIp=0.0.0.0/0,Description=out}]",
  );
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [group] }));
  expect(SecurityGroups![0]!.IpPermissionsEgress![0]!.IpRanges).toEqual([{ CidrIp: "0.0.0.0/0", Description: "out" }]);
});

test("groups are found by what their rules say, and in pages", async () => {
  const [group, list] = [await newGroup(), await newList(2)];
  await allow(group, { ...http, PrefixListIds: [{ PrefixListId: list, Description: "ours" }] });
  await ec2.send(
    new AuthorizeSecurityGroupEgressCommand({
      GroupId: group,
      IpPermissions: [{ IpProtocol: "udp", FromPort: 53, ToPort: 54, Ipv6Ranges: [{ CidrIpv6: "2001:db8::/32" }] }],
    }),
  );
  const find = async (Name: string, value: string) =>
    (
      await ec2.send(
        new DescribeSecurityGroupsCommand({
          Filters: [
            { Name, Values: [value] },
            { Name: "group-id", Values: [group] },
          ],
        }),
      )
    ).SecurityGroups!.length;
  for (const [name, value] of [
    ["ip-permission.prefix-list-id", list],
    ["ip-permission.from-port", "80"],
    ["ip-permission.protocol", "tcp"],
    ["egress.ip-permission.ipv6-cidr", "2001:db8::/32"],
    ["egress.ip-permission.to-port", "54"],
    ["owner-id", "000000000000"],
  ] as const)
    expect([name, await find(name, value)]).toEqual([name, 1]);
  expect(await find("egress.ip-permission.protocol", "tcp")).toBe(0);

  const seen: string[] = [];
  for await (const { SecurityGroups } of paginateDescribeSecurityGroups({ client: ec2, pageSize: 5 }, {})) {
    expect(SecurityGroups!.length).toBeLessThanOrEqual(5);
    seen.push(...SecurityGroups!.map((each) => each.GroupId!));
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toContain(group);
  const { Vpcs } = await ec2.send(new DescribeVpcsCommand({}));
  const ofVpc = await ec2.send(
    new GetSecurityGroupsForVpcCommand({
      VpcId: Vpcs![0]!.VpcId,
      Filters: [{ Name: "group-name", Values: ["default"] }],
    }),
  );
  expect(ofVpc.SecurityGroupForVpcs).toMatchObject([{ GroupName: "default", PrimaryVpcId: Vpcs![0]!.VpcId }]);
});

test("a prefix list has versions, and who changes it says which one", async () => {
  const id = await newList(4, "10.0.0.0/8", "192.0.2.0/24");
  const modify = (input: object) => ec2.send(new ModifyManagedPrefixListCommand({ PrefixListId: id, ...input }));
  const entries = async (TargetVersion?: number) => {
    const found: string[] = [];
    const pages = paginateGetManagedPrefixListEntries(
      { client: ec2, pageSize: 1 },
      { PrefixListId: id, TargetVersion },
    );
    for await (const { Entries } of pages) found.push(...Entries!.map((entry) => entry.Cidr!));
    return found;
  };
  const { PrefixList } = await modify({
    CurrentVersion: 1,
    AddEntries: [{ Cidr: "10.9.0.0/16" }],
    RemoveEntries: [{ Cidr: "10.0.0.0/8" }],
  });
  expect(PrefixList).toMatchObject({ Version: 2, State: "modify-complete", MaxEntries: 4, OwnerId: "000000000000" });
  expect([await entries(), await entries(1)]).toEqual([
    ["10.9.0.0/16", "192.0.2.0/24"],
    ["10.0.0.0/8", "192.0.2.0/24"],
  ]);
  await expect(modify({ CurrentVersion: 1, AddEntries: [{ Cidr: "10.1.0.0/16" }] })).rejects.toMatchObject({
    name: "PrefixListVersionMismatch",
    message: "The prefix list has the incorrect version number.",
  });
  await expect(modify({ MaxEntries: 9, AddEntries: [{ Cidr: "10.1.0.0/16" }] })).rejects.toMatchObject({
    name: "InvalidParameterCombination",
  });
  expect((await modify({ MaxEntries: 9, PrefixListName: "renamed" })).PrefixList).toMatchObject({
    Version: 2,
    MaxEntries: 9,
    PrefixListName: "renamed",
  });
  const restored = await ec2.send(
    new RestoreManagedPrefixListVersionCommand({ PrefixListId: id, CurrentVersion: 2, PreviousVersion: 1 }),
  );
  expect(restored.PrefixList).toMatchObject({ Version: 3, State: "restore-complete" });
  expect(await entries()).toEqual(["10.0.0.0/8", "192.0.2.0/24"]);
  const { PrefixLists } = await ec2.send(new DescribePrefixListsCommand({ PrefixListIds: [id] }));
  expect(PrefixLists).toEqual([{ PrefixListId: id, PrefixListName: "renamed", Cidrs: ["10.0.0.0/8", "192.0.2.0/24"] }]);
});

test("a prefix list counts as many rules as it may have entries, and stays while it is used", async () => {
  const [group, list] = [await newGroup(), await newList(59)];
  await allow(group, { ...http, PrefixListIds: [{ PrefixListId: list }] });
  await allow(group, { ...http, IpRanges: [{ CidrIp: "10.0.0.0/8" }] });
  const limit = { name: "RulesPerSecurityGroupLimitExceeded" };
  await expect(allow(group, { ...http, IpRanges: [{ CidrIp: "10.1.0.0/16" }] })).rejects.toMatchObject(limit);
  await expect(
    ec2.send(new ModifyManagedPrefixListCommand({ PrefixListId: list, MaxEntries: 60 })),
  ).rejects.toMatchObject(limit);
  const { PrefixListAssociations } = await ec2.send(
    new GetManagedPrefixListAssociationsCommand({ PrefixListId: list }),
  );
  expect(PrefixListAssociations).toEqual([{ ResourceId: group, ResourceOwner: "000000000000" }]);
  const remove = () => ec2.send(new DeleteManagedPrefixListCommand({ PrefixListId: list }));
  await expect(remove()).rejects.toMatchObject({ name: "DependencyViolation" });
  await ec2.send(new DeleteSecurityGroupCommand({ GroupId: group }));
  expect((await remove()).PrefixList).toMatchObject({ State: "delete-complete" });
  await expect(ec2.send(new DescribeManagedPrefixListsCommand({ PrefixListIds: [list] }))).rejects.toMatchObject({
    name: "InvalidPrefixListID.NotFound",
    message: `The prefix list ID '${list}' does not exist`,
  });
});

test("a rule can be revoked by its id or by a prefix list", async () => {
  const [group, list] = [await newGroup(), await newList(1)];
  const { SecurityGroupRules } = await ec2.send(
    new AuthorizeSecurityGroupEgressCommand({
      GroupId: group,
      IpPermissions: [{ ...http, PrefixListIds: [{ PrefixListId: list }] }],
    }),
  );
  const revoked = await ec2.send(
    new RevokeSecurityGroupEgressCommand({
      GroupId: group,
      IpPermissions: [{ ...http, PrefixListIds: [{ PrefixListId: list }] }],
    }),
  );
  expect(revoked.RevokedSecurityGroupRules).toMatchObject([
    { SecurityGroupRuleId: SecurityGroupRules![0]!.SecurityGroupRuleId, PrefixListId: list, IsEgress: true },
  ]);
  await expect(allow(group, { ...http, PrefixListIds: [{ PrefixListId: "pl-00000000" }] })).rejects.toMatchObject({
    name: "InvalidPrefixListID.NotFound",
  });
});

test("what is not there cannot be revoked: an error in a VPC, told in the default VPC", async () => {
  const IpPermissions = [{ ...http, IpRanges: [{ CidrIp: "10.0.0.0/8" }] }];
  const revoke = (GroupId: string) => ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  expect(await revoke(await newGroup())).toMatchObject({
    Return: true,
    UnknownIpPermissions: [{ ...http, IpRanges: [{ CidrIp: "10.0.0.0/8" }] }],
  });
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.77.0.0/16" }));
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: "of-vpc", Description: "of a VPC", VpcId: Vpc!.VpcId }),
  );
  await expect(revoke(GroupId!)).rejects.toMatchObject({
    name: "InvalidPermission.NotFound",
    message: "The specified rule does not exist in this security group.",
  });
  await expect(
    ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: await newGroup(),
        IpPermissions: [{ ...http, UserIdGroupPairs: [{ GroupId }] }],
      }),
    ),
  ).rejects.toMatchObject({
    name: "InvalidGroup.NotFound",
    message: "You have specified two resources that belong to different networks.",
  });
});
