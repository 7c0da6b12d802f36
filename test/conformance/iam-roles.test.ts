import { join } from "node:path";
import { CreateClusterCommand, DeleteClusterCommand } from "@aws-sdk/client-ecs";
import { IAM, paginateListPolicies } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { attempt } from "../support/command.ts";
import { TestEngine } from "../support/engine.ts";
import { policyDocument, trustPolicy } from "../support/roles.ts";

/* IAM roles, policies, instance profiles, identity providers and the simulator as clients see them. */

const ACCOUNT = "000000000000";
const TASKS = trustPolicy("ecs-tasks.amazonaws.com");
const EXECUTION = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
const S3_READER = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
const ALLOW_S3 = policyDocument({ Effect: "Allow", Action: "s3:*", Resource: "*" });

let engine: TestEngine;
let iam: IAM;
let names = 0;
beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  // IAM is global: a Region that nothing else here is asked in.
  iam = new IAM({ endpoint: engine.endpoint, region: "eu-west-3", credentials: engine.credentials, maxAttempts: 1 });
});
afterAll(() => engine?.stop());

async function role(more = {}): Promise<string> {
  const RoleName = `role-${names++}`;
  await iam.createRole({ RoleName, AssumeRolePolicyDocument: TASKS, ...more });
  return RoleName;
}

async function policy(PolicyDocument = ALLOW_S3, more = {}): Promise<string> {
  return (await iam.createPolicy({ PolicyName: `policy-${names++}`, PolicyDocument, ...more })).Policy!.Arn!;
}

function refused(name: string, status: number, message: string | RegExp) {
  return expect.objectContaining({
    name,
    message: typeof message === "string" ? message : expect.stringMatching(message),
    $metadata: expect.objectContaining({ httpStatusCode: status }),
  });
}

describe("roles", () => {
  test("the AWS CLI makes, reads, changes and deletes one", async () => {
    const aws = <T>(...args: string[]) => engine.awsJson<T>("iam", ...args);
    const options = ["--path", "/service/", "--description", "runs tasks", "--max-session-duration", "7200"];
    const tags = ["--tags", "Key=team,Value=blue"];
    const name = ["--role-name", "ecsTaskExecutionRole"];
    const trust = ["--assume-role-policy-document", TASKS];
    const { Role } = await aws<{ Role: object }>("create-role", ...name, ...trust, ...options, ...tags);
    const shown = {
      Path: "/service/",
      RoleName: "ecsTaskExecutionRole",
      RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
      Arn: `arn:aws:iam::${ACCOUNT}:role/service/ecsTaskExecutionRole`,
      CreateDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
      AssumeRolePolicyDocument: JSON.parse(TASKS) as unknown,
      Tags: [{ Key: "team", Value: "blue" }],
    };
    expect(Role).toEqual(shown);
    expect(await aws("get-role", ...name)).toEqual({
      Role: { ...shown, Description: "runs tasks", MaxSessionDuration: 7200, RoleLastUsed: {} },
    });
    await engine.aws("iam", "attach-role-policy", ...name, "--policy-arn", EXECUTION);
    expect(await aws("list-attached-role-policies", ...name)).toEqual({
      AttachedPolicies: [{ PolicyName: "AmazonECSTaskExecutionRolePolicy", PolicyArn: EXECUTION }],
    });
    await engine.aws("iam", "detach-role-policy", ...name, "--policy-arn", EXECUTION);
    await engine.aws("iam", "delete-role", ...name);
  });

  test("there is one of a name, whatever its case and path", async () => {
    const RoleName = await role();
    const again = iam.createRole({ RoleName: RoleName.toUpperCase(), Path: "/x/", AssumeRolePolicyDocument: TASKS });
    await expect(again).rejects.toEqual(
      refused("EntityAlreadyExistsException", 409, `Role with name ${RoleName.toUpperCase()} already exists.`),
    );
  });

  test("what is not there, not well formed or not allowed is refused in AWS's words", async () => {
    const RoleName = await role();
    const cases: [Promise<unknown>, ReturnType<typeof refused>][] = [
      [
        iam.getRole({ RoleName: "none" }),
        refused("NoSuchEntityException", 404, "The role with name none cannot be found."),
      ],
      [
        iam.getRolePolicy({ RoleName, PolicyName: "none" }),
        refused("NoSuchEntityException", 404, "The role policy with name none cannot be found."),
      ],
      [
        iam.createRole({ RoleName: "a b", AssumeRolePolicyDocument: TASKS }),
        refused(
          "ValidationError",
          400,
          "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
        ),
      ],
      [
        iam.createRole({ RoleName: "a".repeat(65), AssumeRolePolicyDocument: TASKS }),
        refused(
          "ValidationError",
          400,
          /at 'roleName' failed to satisfy constraint: Member must have length less than/,
        ),
      ],
      [
        iam.createRole({ RoleName: "x", Path: "x", AssumeRolePolicyDocument: TASKS }),
        refused("ValidationError", 400, /^The specified value for path is invalid. It must begin and end with \//),
      ],
      [
        iam.createRole({ RoleName: "x", AssumeRolePolicyDocument: "{" }),
        refused("MalformedPolicyDocumentException", 400, /./),
      ],
      [
        iam.createRole({ RoleName: "x", AssumeRolePolicyDocument: ALLOW_S3 }),
        refused("MalformedPolicyDocumentException", 400, /./),
      ],
      [
        iam.createRole({
          RoleName: "x",
          AssumeRolePolicyDocument: trustPolicy(`arn:aws:iam::${ACCOUNT}:role/none`),
        }),
        refused(
          "MalformedPolicyDocumentException",
          400,
          `Invalid principal in policy: "AWS":"arn:aws:iam::${ACCOUNT}:role/none"`,
        ),
      ],
      [
        iam.createRole({
          RoleName: "x",
          AssumeRolePolicyDocument: TASKS,
          PermissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/none`,
        }),
        refused(
          "NoSuchEntityException",
          404,
          `Scope ARN: arn:aws:iam::${ACCOUNT}:policy/none does not exist or is not attachable.`,
        ),
      ],
      [
        iam.createRole({
          RoleName: "x",
          AssumeRolePolicyDocument: TASKS,
          Tags: [
            { Key: "a", Value: "1" },
            { Key: "A", Value: "2" },
          ],
        }),
        refused("InvalidInputException", 400, /^Duplicate tag keys found/),
      ],
      [
        iam.attachRolePolicy({ RoleName, PolicyArn: "arn:aws:iam::aws:policy/None" }),
        refused(
          "NoSuchEntityException",
          404,
          "Policy arn:aws:iam::aws:policy/None does not exist or is not attachable.",
        ),
      ],
      [
        iam.attachRolePolicy({ RoleName, PolicyArn: "arn:aws:iam:aws:policy/AdministratorAccess" }),
        refused("InvalidInputException", 400, "ARN arn:aws:iam:aws:policy/AdministratorAccess is not valid."),
      ],
      [
        iam.attachRolePolicy({
          RoleName,
          PolicyArn: "arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy",
        }),
        refused("PolicyNotAttachableException", 400, "Cannot attach a Service Role Policy to a Customer Role."),
      ],
      [
        iam.detachRolePolicy({ RoleName, PolicyArn: S3_READER }),
        refused("NoSuchEntityException", 404, `Policy ${S3_READER} was not found.`),
      ],
      [iam.listRoles({ Marker: "bogus" }), refused("ValidationError", 400, "Invalid Marker.")],
    ];
    // All are listened to at once: whichever is answered first.
    await Promise.all(cases.map(([request, answer]) => expect(request).rejects.toEqual(answer)));
    await expect(iam.getRole({ RoleName: "x" })).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });

  test("its trust policy, description, session time, boundary and tags change", async () => {
    const RoleName = await role();
    const PolicyDocument = trustPolicy(`arn:aws:iam::${ACCOUNT}:root`);
    await iam.updateAssumeRolePolicy({ RoleName, PolicyDocument });
    await iam.updateRole({ RoleName, Description: "new", MaxSessionDuration: 43_200 });
    await iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: S3_READER });
    await iam.tagRole({ RoleName, Tags: ["b", "a", "c"].map((Key) => ({ Key, Value: Key })) });
    await iam.untagRole({ RoleName, TagKeys: ["B"] });
    const { Role } = await iam.getRole({ RoleName });
    expect(decodeURIComponent(Role!.AssumeRolePolicyDocument!)).toBe(PolicyDocument);
    expect(Role).toMatchObject({
      Description: "new",
      MaxSessionDuration: 43_200,
      PermissionsBoundary: { PermissionsBoundaryType: "Policy", PermissionsBoundaryArn: S3_READER },
      Tags: [
        { Key: "a", Value: "a" },
        { Key: "c", Value: "c" },
      ],
    });
    await iam.deleteRolePermissionsBoundary({ RoleName });
    expect((await iam.getRole({ RoleName })).Role!.PermissionsBoundary).toBeUndefined();
    const { Role: described } = await iam.updateRoleDescription({ RoleName, Description: "newer" });
    expect(described).toMatchObject({ RoleName, Description: "newer" });
    const refusal = iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: "[]" });
    await expect(refusal).rejects.toMatchObject({ name: "MalformedPolicyDocumentException" });
    expect((await iam.getRole({ RoleName })).Role!.AssumeRolePolicyDocument).toBe(Role!.AssumeRolePolicyDocument);
  });

  test("one goes when nothing is attached to it, in it, or has it", async () => {
    const RoleName = await role();
    const InstanceProfileName = RoleName;
    await iam.createInstanceProfile({ InstanceProfileName });
    await iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName });
    await iam.attachRolePolicy({ RoleName, PolicyArn: EXECUTION });
    await iam.putRolePolicy({ RoleName, PolicyName: "inline", PolicyDocument: ALLOW_S3 });
    const held = (first: string) =>
      refused("DeleteConflictException", 409, `Cannot delete entity, must ${first} first.`);
    await expect(iam.deleteRole({ RoleName })).rejects.toEqual(held("remove roles from instance profile"));
    await iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName });
    await expect(iam.deleteRole({ RoleName })).rejects.toEqual(held("detach all policies"));
    await iam.detachRolePolicy({ RoleName, PolicyArn: EXECUTION });
    await expect(iam.deleteRole({ RoleName })).rejects.toEqual(held("delete policies"));
    await iam.deleteRolePolicy({ RoleName, PolicyName: "inline" });
    await iam.deleteRole({ RoleName });
    await expect(iam.getRole({ RoleName })).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });

  test("they are listed below a path, a page at a time", async () => {
    const made = [await role({ Path: "/paged/" }), await role({ Path: "/paged/x/" }), await role({ Path: "/paged/" })];
    const first = await iam.listRoles({ PathPrefix: "/paged/", MaxItems: 2 });
    expect(first).toMatchObject({ IsTruncated: true, Marker: expect.any(String) });
    const second = await iam.listRoles({ PathPrefix: "/paged/", MaxItems: 2, Marker: first.Marker });
    expect(second.IsTruncated).toBe(false);
    expect([...first.Roles!, ...second.Roles!].map(({ RoleName }) => RoleName)).toEqual(made);
  });

  test("there are limits: ten managed policies, and so many characters", async () => {
    const RoleName = await role();
    const { Policies } = await iam.listPolicies({ Scope: "AWS", PathPrefix: "/service-role/" });
    const more = (await iam.listPolicies({ Scope: "AWS", PathPrefix: "/" })).Policies!.filter(
      ({ Path }) => Path === "/",
    );
    const [last, ...ten] = [...Policies!, ...more].slice(0, 11).map(({ Arn }) => Arn!);
    for (const PolicyArn of ten) await iam.attachRolePolicy({ RoleName, PolicyArn });
    await iam.attachRolePolicy({ RoleName, PolicyArn: ten[0] });
    await expect(iam.attachRolePolicy({ RoleName, PolicyArn: last })).rejects.toEqual(
      refused("LimitExceededException", 409, "Cannot exceed quota for PoliciesPerRole: 10"),
    );
    const long = (characters: number) =>
      policyDocument({ Effect: "Allow", Action: "s3:*", Resource: `arn:aws:s3:::${"a".repeat(characters)}` });
    await expect(iam.putRolePolicy({ RoleName, PolicyName: "long", PolicyDocument: long(10_240) })).rejects.toEqual(
      refused("LimitExceededException", 409, `Maximum policy size of 10240 bytes exceeded for role ${RoleName}`),
    );
    await expect(iam.createPolicy({ PolicyName: "long", PolicyDocument: long(6144) })).rejects.toEqual(
      refused("LimitExceededException", 409, "Cannot exceed quota for PolicySize: 6144"),
    );
  });
});

describe("service-linked roles", () => {
  test("ECS makes its own with the first cluster, and keeps it while there are clusters", async () => {
    const { ecs } = engine.clients();
    await ecs.send(new CreateClusterCommand({ clusterName: "linked" }));
    const RoleName = "AWSServiceRoleForECS";
    const { Role } = await iam.getRole({ RoleName });
    expect(Role).toMatchObject({
      Path: "/aws-service-role/ecs.amazonaws.com/",
      Arn: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`,
      Description: "Role to enable Amazon ECS to manage your cluster.",
    });
    const modifiable = refused(
      "UnmodifiableEntityException",
      400,
      `Cannot perform the operation on the protected role '${RoleName}' - this role is only modifiable by AWS`,
    );
    await expect(iam.deleteRole({ RoleName })).rejects.toEqual(modifiable);
    await expect(iam.attachRolePolicy({ RoleName, PolicyArn: EXECUTION })).rejects.toEqual(modifiable);
    await expect(iam.createServiceLinkedRole({ AWSServiceName: "ecs.amazonaws.com" })).rejects.toEqual(
      refused(
        "InvalidInputException",
        400,
        `Service role name ${RoleName} has been taken in this account, please try a different suffix.`,
      ),
    );
    const remove = async () => {
      const { DeletionTaskId } = await iam.deleteServiceLinkedRole({ RoleName });
      return await iam.getServiceLinkedRoleDeletionStatus({ DeletionTaskId });
    };
    expect(await remove()).toMatchObject({
      Status: "FAILED",
      Reason: { RoleUsageList: [{ Resources: [expect.stringMatching(/:cluster\/linked$/)] }] },
    });
    await ecs.send(new DeleteClusterCommand({ cluster: "linked" }));
    expect(await remove()).toMatchObject({ Status: "SUCCEEDED" });
    await expect(iam.getRole({ RoleName })).rejects.toMatchObject({ name: "NoSuchEntityException" });
    const { Role: again } = await iam.createServiceLinkedRole({ AWSServiceName: "ecs.amazonaws.com" });
    expect(again!.RoleId).not.toBe(Role!.RoleId);
  });
});

describe("instance profiles", () => {
  test("have one role, tags, and go when they are empty", async () => {
    const RoleName = await role();
    const InstanceProfileName = `profile-${RoleName}`;
    const Tags = [{ Key: "a", Value: "b" }];
    const { InstanceProfile } = await iam.createInstanceProfile({ InstanceProfileName, Path: "/p/", Tags });
    expect(InstanceProfile).toEqual({
      Path: "/p/",
      InstanceProfileName,
      InstanceProfileId: expect.stringMatching(/^AIPA[A-Z2-7]{17}$/),
      Arn: `arn:aws:iam::${ACCOUNT}:instance-profile/p/${InstanceProfileName}`,
      CreateDate: expect.any(Date),
      Roles: [],
      Tags,
    });
    await expect(iam.createInstanceProfile({ InstanceProfileName })).rejects.toEqual(
      refused("EntityAlreadyExistsException", 409, `Instance Profile ${InstanceProfileName} already exists.`),
    );
    await iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName });
    await expect(iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName: await role() })).rejects.toEqual(
      refused("LimitExceededException", 409, "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"),
    );
    await iam.tagInstanceProfile({ InstanceProfileName, Tags: [{ Key: "A", Value: "c" }] });
    expect(await iam.listInstanceProfileTags({ InstanceProfileName })).toMatchObject({
      Tags: [{ Key: "A", Value: "c" }],
      IsTruncated: false,
    });
    await iam.untagInstanceProfile({ InstanceProfileName, TagKeys: ["A"] });
    const { InstanceProfiles } = await iam.listInstanceProfilesForRole({ RoleName });
    expect(InstanceProfiles).toEqual([expect.objectContaining({ Roles: [expect.objectContaining({ RoleName })] })]);
    expect((await iam.listInstanceProfiles({ PathPrefix: "/p/" })).InstanceProfiles).toEqual(InstanceProfiles);
    await expect(iam.deleteInstanceProfile({ InstanceProfileName })).rejects.toMatchObject({
      name: "DeleteConflictException",
    });
    await iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName });
    await iam.deleteInstanceProfile({ InstanceProfileName });
    await expect(iam.getInstanceProfile({ InstanceProfileName })).rejects.toEqual(
      refused("NoSuchEntityException", 404, `Instance Profile ${InstanceProfileName} cannot be found.`),
    );
  });
});

describe("managed policies", () => {
  test("have up to five versions, one of which counts", async () => {
    const PolicyArn = await policy(ALLOW_S3, { Description: "about S3", Path: "/versions/" });
    const deny = policyDocument({ Effect: "Deny", Action: "s3:*", Resource: "*" });
    const { PolicyVersion } = await iam.createPolicyVersion({ PolicyArn, PolicyDocument: deny });
    expect(PolicyVersion).toEqual({ VersionId: "v2", IsDefaultVersion: false, CreateDate: expect.any(Date) });
    await iam.setDefaultPolicyVersion({ PolicyArn, VersionId: "v2" });
    for (const _ of [3, 4, 5]) await iam.createPolicyVersion({ PolicyArn, PolicyDocument: deny, SetAsDefault: true });
    await expect(iam.createPolicyVersion({ PolicyArn, PolicyDocument: deny })).rejects.toEqual(
      refused("LimitExceededException", 409, /^A managed policy can have up to 5 versions\. Before you create/),
    );
    await iam.deletePolicyVersion({ PolicyArn, VersionId: "v4" });
    await expect(iam.deletePolicyVersion({ PolicyArn, VersionId: "v5" })).rejects.toEqual(
      refused("DeleteConflictException", 409, "Cannot delete the default version of a policy."),
    );
    const { PolicyVersion: sixth } = await iam.createPolicyVersion({ PolicyArn, PolicyDocument: ALLOW_S3 });
    expect(sixth!.VersionId).toBe("v6");
    const { Versions } = await iam.listPolicyVersions({ PolicyArn });
    expect(Versions!.map(({ VersionId, IsDefaultVersion }) => [VersionId, IsDefaultVersion])).toEqual([
      ["v6", false],
      ["v5", true],
      ["v3", false],
      ["v2", false],
      ["v1", false],
    ]);
    const { PolicyVersion: first } = await iam.getPolicyVersion({ PolicyArn, VersionId: "v1" });
    expect(first).toMatchObject({ VersionId: "v1", IsDefaultVersion: false });
    expect(decodeURIComponent(first!.Document!)).toBe(ALLOW_S3);
    await expect(iam.getPolicyVersion({ PolicyArn, VersionId: "v4" })).rejects.toMatchObject({
      name: "NoSuchEntityException",
    });
    expect((await iam.getPolicy({ PolicyArn })).Policy).toMatchObject({
      Description: "about S3",
      DefaultVersionId: "v5",
      Path: "/versions/",
      AttachmentCount: 0,
      IsAttachable: true,
    });
    await expect(iam.deletePolicy({ PolicyArn })).rejects.toEqual(
      refused("DeleteConflictException", 409, /^This policy has more than one version\. Before you delete/),
    );
  });

  test("are counted where they are used, and go when they are not", async () => {
    const PolicyArn = await policy();
    const attached = await role();
    const bounded = await role({ PermissionsBoundary: PolicyArn });
    await iam.attachRolePolicy({ RoleName: attached, PolicyArn });
    expect((await iam.getPolicy({ PolicyArn })).Policy).toMatchObject({
      AttachmentCount: 1,
      PermissionsBoundaryUsageCount: 1,
    });
    const roles = async (PolicyUsageFilter?: "PermissionsPolicy" | "PermissionsBoundary") =>
      (await iam.listEntitiesForPolicy({ PolicyArn, PolicyUsageFilter })).PolicyRoles!.map(({ RoleName }) => RoleName);
    expect(await roles()).toEqual([attached, bounded]);
    expect(await roles("PermissionsPolicy")).toEqual([attached]);
    expect(await roles("PermissionsBoundary")).toEqual([bounded]);
    const { Policies } = await iam.listPolicies({ Scope: "Local", OnlyAttached: true });
    expect(Policies!.map(({ Arn }) => Arn)).toContain(PolicyArn);
    const inUse = refused("DeleteConflictException", 409, "Cannot delete a policy attached to entities.");
    await iam.detachRolePolicy({ RoleName: attached, PolicyArn });
    await expect(iam.deletePolicy({ PolicyArn })).rejects.toEqual(inUse);
    await iam.deleteRole({ RoleName: bounded });
    await iam.deletePolicy({ PolicyArn });
    await expect(iam.getPolicy({ PolicyArn })).rejects.toEqual(
      refused("NoSuchEntityException", 404, `Policy ${PolicyArn} was not found.`),
    );
  });

  test("those of AWS are there, by name, and stay as they are", async () => {
    const arns: string[] = [];
    for await (const { Policies } of paginateListPolicies({ client: iam, pageSize: 20 }, { Scope: "AWS" }))
      arns.push(...Policies!.map(({ Arn }) => Arn!));
    expect(new Set(arns).size).toBe(arns.length);
    const named = [
      "service-role/AmazonECSTaskExecutionRolePolicy",
      "AmazonECS_FullAccess",
      "aws-service-role/AmazonECSServiceRolePolicy",
      "AmazonEC2ContainerRegistryReadOnly",
      "CloudWatchLogsFullAccess",
      "ElasticLoadBalancingFullAccess",
      "SecretsManagerReadWrite",
      "job-function/ViewOnlyAccess",
      "ReadOnlyAccess",
      "AdministratorAccess",
    ];
    for (const name of named) expect(arns).toContain(`arn:aws:iam::aws:policy/${name}`);
    const outside = refused("AccessDenied", 403, "Policy is outside your own account.");
    await expect(iam.deletePolicy({ PolicyArn: S3_READER })).rejects.toEqual(outside);
    await expect(iam.createPolicyVersion({ PolicyArn: S3_READER, PolicyDocument: ALLOW_S3 })).rejects.toEqual(outside);
    const { Policy } = await iam.getPolicy({ PolicyArn: S3_READER });
    const VersionId = Policy!.DefaultVersionId;
    const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn: S3_READER, VersionId });
    expect(JSON.parse(decodeURIComponent(PolicyVersion!.Document!))).toHaveProperty("Statement");
  });
});

test("OpenID Connect providers", async () => {
  const Url = "https://oidc.example.com/id/1";
  const thumbprint = "990f4193972f2becf12ddeda5237f9c952f20d9e";
  const made = await iam.createOpenIDConnectProvider({
    Url,
    ClientIDList: ["sts.amazonaws.com"],
    ThumbprintList: [thumbprint.toUpperCase()],
    Tags: [{ Key: "a", Value: "b" }],
  });
  const OpenIDConnectProviderArn = made.OpenIDConnectProviderArn!;
  expect(OpenIDConnectProviderArn).toBe(`arn:aws:iam::${ACCOUNT}:oidc-provider/oidc.example.com/id/1`);
  await expect(iam.createOpenIDConnectProvider({ Url })).rejects.toEqual(
    refused("EntityAlreadyExistsException", 409, `Provider with url ${Url} already exists.`),
  );
  await iam.addClientIDToOpenIDConnectProvider({ OpenIDConnectProviderArn, ClientID: "app" });
  await iam.addClientIDToOpenIDConnectProvider({ OpenIDConnectProviderArn, ClientID: "app" });
  await iam.removeClientIDFromOpenIDConnectProvider({ OpenIDConnectProviderArn, ClientID: "sts.amazonaws.com" });
  await iam.updateOpenIDConnectProviderThumbprint({ OpenIDConnectProviderArn, ThumbprintList: ["a".repeat(40)] });
  await iam.untagOpenIDConnectProvider({ OpenIDConnectProviderArn, TagKeys: ["a"] });
  await iam.tagOpenIDConnectProvider({ OpenIDConnectProviderArn, Tags: [{ Key: "c", Value: "d" }] });
  expect(await iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn })).toMatchObject({
    Url: "oidc.example.com/id/1",
    ClientIDList: ["app"],
    ThumbprintList: ["a".repeat(40)],
    CreateDate: expect.any(Date),
    Tags: [{ Key: "c", Value: "d" }],
  });
  expect((await iam.listOpenIDConnectProviders()).OpenIDConnectProviderList).toEqual([
    { Arn: OpenIDConnectProviderArn },
  ]);
  for (const bad of ["http://oidc.example.com", "https://", "https://a.example/?q=1", "oidc"])
    await expect(iam.createOpenIDConnectProvider({ Url: bad })).rejects.toEqual(
      refused("InvalidInputException", 400, "Invalid Open ID Connect Provider URL"),
    );
  await iam.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn });
  await expect(iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn })).rejects.toEqual(
    refused("NoSuchEntityException", 404, `OpenIDConnect Provider not found for arn ${OpenIDConnectProviderArn}`),
  );
});

test("rights to roles and policies: by path, boundary, attached policy, tags", async () => {
  const UserName = `user-${names++}`;
  await iam.createUser({ UserName });
  const { AccessKey } = await iam.createAccessKey({ UserName });
  const credentials = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
  const theirs = new IAM({ endpoint: engine.endpoint, region: "eu-west-3", credentials, maxAttempts: 1 });
  const below = `arn:aws:iam::${ACCOUNT}:role/app/*`;
  const PolicyDocument = policyDocument(
    {
      Effect: "Allow",
      Action: ["iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy"],
      Resource: below,
      Condition: { StringEquals: { "iam:PermissionsBoundary": S3_READER } },
    },
    { Effect: "Allow", Action: "iam:TagRole", Resource: below },
    {
      Effect: "Allow",
      Action: ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
      Resource: below,
      Condition: { ArnEquals: { "iam:PolicyARN": EXECUTION } },
    },
    {
      Effect: "Allow",
      Action: ["iam:GetRole", "iam:DeleteRole"],
      Resource: "*",
      Condition: { StringEquals: { "aws:ResourceTag/owner": "${aws:username}" } },
    },
    { Effect: "Deny", Action: "iam:CreatePolicy*", Resource: "*" },
  );
  await iam.putUserPolicy({ UserName, PolicyName: "roles", PolicyDocument });

  const denied = (
    action: string,
    resource: string,
    why = `because no identity-based policy allows the ${action} action`,
  ) =>
    refused(
      "AccessDenied",
      403,
      `User: arn:aws:iam::${ACCOUNT}:user/${UserName} is not authorized to perform: ${action} on resource: ${resource} ${why}`,
    );
  const RoleName = `app-${names++}`;
  const arn = `arn:aws:iam::${ACCOUNT}:role/app/${RoleName}`;
  const request = { RoleName, Path: "/app/", AssumeRolePolicyDocument: TASKS, PermissionsBoundary: S3_READER };
  const Tags = [{ Key: "owner", Value: UserName }];
  await expect(theirs.createRole({ ...request, Path: "/" })).rejects.toEqual(
    denied("iam:CreateRole", `arn:aws:iam::${ACCOUNT}:role/${RoleName}`),
  );
  await expect(theirs.createRole({ ...request, PermissionsBoundary: undefined })).rejects.toEqual(
    denied("iam:CreateRole", arn),
  );
  await theirs.createRole({ ...request, Tags });
  await theirs.putRolePolicy({ RoleName, PolicyName: "inline", PolicyDocument: ALLOW_S3 });
  await theirs.attachRolePolicy({ RoleName, PolicyArn: EXECUTION });
  await expect(theirs.attachRolePolicy({ RoleName, PolicyArn: S3_READER })).rejects.toEqual(
    denied("iam:AttachRolePolicy", `role ${RoleName}`),
  );
  const other = await role();
  await expect(theirs.getRole({ RoleName: other })).rejects.toEqual(denied("iam:GetRole", `role ${other}`));
  await expect(theirs.listRoles({})).rejects.toEqual(denied("iam:ListRoles", `arn:aws:iam::${ACCOUNT}:role/`));
  await expect(theirs.createPolicy({ PolicyName: "any", PolicyDocument: ALLOW_S3 })).rejects.toEqual(
    denied("iam:CreatePolicy", "policy any", "with an explicit deny in an identity-based policy"),
  );
  expect((await theirs.getRole({ RoleName })).Role!.Tags).toEqual(Tags);
  await theirs.detachRolePolicy({ RoleName, PolicyArn: EXECUTION });
  await theirs.deleteRolePolicy({ RoleName, PolicyName: "inline" });
  await theirs.deleteRole({ RoleName });
});

describe("the simulator", () => {
  test("says what a role may do, and which statement says so", async () => {
    const RoleName = await role({ PermissionsBoundary: S3_READER });
    const PolicyDocument = JSON.stringify(
      {
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::bucket/*" },
          {
            Effect: "Deny",
            Action: "s3:GetObject",
            Resource: "arn:aws:s3:::bucket/secret/*",
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      },
      undefined,
      2,
    );
    await iam.putRolePolicy({ RoleName, PolicyName: "inline", PolicyDocument });
    const { EvaluationResults, IsTruncated } = await iam.simulatePrincipalPolicy({
      PolicySourceArn: `arn:aws:iam::${ACCOUNT}:role/${RoleName}`,
      ActionNames: ["s3:GetObject", "s3:PutObject"],
      ResourceArns: ["arn:aws:s3:::bucket/open", "arn:aws:s3:::bucket/secret/key"],
      ContextEntries: [
        { ContextKeyName: "aws:securetransport", ContextKeyType: "boolean", ContextKeyValues: ["false"] },
      ],
    });
    expect(IsTruncated).toBe(false);
    expect(EvaluationResults!.map((each) => [each.EvalActionName, each.EvalResourceName, each.EvalDecision])).toEqual([
      ["s3:GetObject", "arn:aws:s3:::bucket/open", "allowed"],
      ["s3:GetObject", "arn:aws:s3:::bucket/secret/key", "explicitDeny"],
      ["s3:PutObject", "arn:aws:s3:::bucket/open", "implicitDeny"],
      ["s3:PutObject", "arn:aws:s3:::bucket/secret/key", "implicitDeny"],
    ]);
    expect(EvaluationResults![0]).toMatchObject({
      MatchedStatements: [
        {
          SourcePolicyId: `role_${RoleName}_inline`,
          SourcePolicyType: "IAM Policy",
          StartPosition: { Line: 3 },
          EndPosition: { Line: 8 },
        },
      ],
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: true },
      ResourceSpecificResults: [{ EvalResourceName: "arn:aws:s3:::bucket/open", EvalResourceDecision: "allowed" }],
    });
    expect(EvaluationResults![2]!.PermissionsBoundaryDecisionDetail).toEqual({ AllowedByPermissionsBoundary: false });
    const keys = await iam.getContextKeysForPrincipalPolicy({
      PolicySourceArn: `arn:aws:iam::${ACCOUNT}:role/${RoleName}`,
    });
    expect(keys.ContextKeyNames).toEqual(["aws:SecureTransport"]);
    await iam.attachRolePolicy({ RoleName, PolicyArn: EXECUTION });
    const { PoliciesGrantingServiceAccess } = await iam.listPoliciesGrantingServiceAccess({
      Arn: `arn:aws:iam::${ACCOUNT}:role/${RoleName}`,
      ServiceNamespaces: ["s3", "ecr", "kms"],
    });
    expect(PoliciesGrantingServiceAccess).toEqual([
      {
        ServiceNamespace: "ecr",
        Policies: [{ PolicyName: "AmazonECSTaskExecutionRolePolicy", PolicyType: "MANAGED", PolicyArn: EXECUTION }],
      },
      { ServiceNamespace: "kms", Policies: [] },
      {
        ServiceNamespace: "s3",
        Policies: [{ PolicyName: "inline", PolicyType: "INLINE", EntityType: "ROLE", EntityName: RoleName }],
      },
    ]);
  });

  test("tries policies that are nowhere else", async () => {
    const PolicyInputList = [
      policyDocument({
        Effect: "Allow",
        Action: "ecs:RunTask",
        Resource: "*",
        Condition: { ArnEquals: { "ecs:cluster": "arn:aws:ecs:us-east-1:000000000000:cluster/a" } },
      }),
    ];
    expect(await iam.getContextKeysForCustomPolicy({ PolicyInputList })).toMatchObject({
      ContextKeyNames: ["ecs:cluster"],
    });
    const without = await iam.simulateCustomPolicy({ PolicyInputList, ActionNames: ["ecs:RunTask", "ecs:StopTask"] });
    expect(without.EvaluationResults).toEqual([
      {
        EvalActionName: "ecs:RunTask",
        EvalResourceName: "*",
        EvalDecision: "implicitDeny",
        MatchedStatements: [],
        MissingContextValues: ["ecs:cluster"],
      },
      {
        EvalActionName: "ecs:StopTask",
        EvalResourceName: "*",
        EvalDecision: "implicitDeny",
        MatchedStatements: [],
        MissingContextValues: [],
      },
    ]);
    const cluster = { ContextKeyName: "ecs:cluster", ContextKeyType: "string" as const };
    const { EvaluationResults } = await iam.simulateCustomPolicy({
      PolicyInputList,
      ActionNames: ["ecs:RunTask"],
      ContextEntries: [{ ...cluster, ContextKeyValues: ["arn:aws:ecs:us-east-1:000000000000:cluster/a"] }],
    });
    expect(EvaluationResults).toMatchObject([
      { EvalDecision: "allowed", MatchedStatements: [{ SourcePolicyId: "PolicyInputList.1" }] },
    ]);
    const request = { PolicySourceArn: `arn:aws:iam::${ACCOUNT}:root`, ActionNames: ["s3:GetObject"] };
    await expect(iam.simulatePrincipalPolicy(request)).rejects.toEqual(
      refused(
        "InvalidInputException",
        400,
        `Invalid Entity Arn: arn:aws:iam::${ACCOUNT}:root does not clearly define entity type and name.`,
      ),
    );
  });
});

/* https://github.com/hashicorp/terraform-provider-aws/tree/main/internal/service/iam: the calls of each resource, in its order. */
describe("Terraform's calls", () => {
  test("aws_iam_role, aws_iam_role_policy_attachment and aws_iam_policy", async () => {
    const RoleName = `terraform-${names++}`;
    const Tags = [{ Key: "Name", Value: "terraform" }];
    await iam.createRole({ RoleName, Path: "/", AssumeRolePolicyDocument: TASKS, MaxSessionDuration: 3600, Tags });
    const { Role } = await iam.getRole({ RoleName });
    expect(Role!.Tags).toEqual(Tags);
    expect((await iam.listRolePolicies({ RoleName })).PolicyNames).toEqual([]);
    expect((await iam.listAttachedRolePolicies({ RoleName })).AttachedPolicies).toEqual([]);

    const PolicyArn = await policy(ALLOW_S3, { Path: "/", Tags });
    const { Policy } = await iam.getPolicy({ PolicyArn });
    const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn, VersionId: Policy!.DefaultVersionId });
    expect(decodeURIComponent(PolicyVersion!.Document!)).toBe(ALLOW_S3);

    await iam.attachRolePolicy({ RoleName, PolicyArn });
    expect((await iam.listAttachedRolePolicies({ RoleName })).AttachedPolicies).toMatchObject([{ PolicyArn }]);

    await iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: trustPolicy("ec2.amazonaws.com") });
    await iam.untagRole({ RoleName, TagKeys: ["Name"] });
    await iam.tagRole({ RoleName, Tags: [{ Key: "Team", Value: "net" }] });
    const { Versions } = await iam.listPolicyVersions({ PolicyArn });
    expect(Versions).toHaveLength(1);
    await iam.createPolicyVersion({ PolicyArn, PolicyDocument: ALLOW_S3, SetAsDefault: true });

    await iam.detachRolePolicy({ RoleName, PolicyArn });
    for (const { VersionId, IsDefaultVersion } of (await iam.listPolicyVersions({ PolicyArn })).Versions!)
      if (!IsDefaultVersion) await iam.deletePolicyVersion({ PolicyArn, VersionId });
    await iam.deletePolicy({ PolicyArn });
    expect((await iam.listInstanceProfilesForRole({ RoleName })).InstanceProfiles).toEqual([]);
    await iam.deleteRole({ RoleName });
    await expect(iam.getRole({ RoleName })).rejects.toMatchObject({ name: "NoSuchEntityException" });
    await expect(iam.getPolicy({ PolicyArn })).rejects.toMatchObject({ name: "NoSuchEntityException" });
    await expect(iam.listAttachedRolePolicies({ RoleName })).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });
});

test("boto3: exceptions, waiters and documents", async () => {
  const script = join(import.meta.dirname, "iam_roles_walk.py");
  expect(await attempt("/usr/bin/python3", [script, engine.endpoint], { env: engine.env })).toEqual({
    code: 0,
    stdout: "",
    stderr: "",
  });
});
