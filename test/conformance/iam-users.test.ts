import { IAM, paginateGetAccountAuthorizationDetails, paginateListUsers } from "@aws-sdk/client-iam";
import { ListClustersCommand } from "@aws-sdk/client-ecs";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestEngine } from "../support/engine.ts";
import { filesWith } from "../support/files.ts";

/* IAM users, groups, keys and the account as clients see them. */

const ACCOUNT = "000000000000";
const READ_ONLY = "arn:aws:iam::aws:policy/AmazonECS_FullAccess";
const ALLOW_ALL = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

let engine: TestEngine;
let iam: IAM;
let names = 0;

beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  iam = iamAs(engine.credentials);
});
afterAll(() => engine?.stop());

function iamAs(credentials: { accessKeyId: string; secretAccessKey: string }): IAM {
  return new IAM({ endpoint: engine.endpoint, region: "eu-west-3", credentials, maxAttempts: 1 });
}

async function user(more = {}): Promise<string> {
  const UserName = `user-${names++}`;
  await iam.createUser({ UserName, ...more });
  return UserName;
}

async function group(): Promise<string> {
  const GroupName = `group-${names++}`;
  await iam.createGroup({ GroupName });
  return GroupName;
}

/** A user's key as clients take it. */
async function keyOf(UserName: string) {
  const { AccessKey } = await iam.createAccessKey({ UserName });
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}

function refused(name: string, status: number, message: string | RegExp) {
  return expect.objectContaining({
    name,
    message: typeof message === "string" ? message : expect.stringMatching(message),
    $metadata: expect.objectContaining({ httpStatusCode: status }),
  });
}

describe("users", () => {
  test("are made, shown, renamed, listed below their path and deleted", async () => {
    const Tags = [{ Key: "team", Value: "blue" }];
    const { User } = await iam.createUser({ UserName: "Zoe", Path: "/staff/", Tags, PermissionsBoundary: READ_ONLY });
    expect(User).toEqual({
      UserName: "Zoe",
      Path: "/staff/",
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
      Arn: `arn:aws:iam::${ACCOUNT}:user/staff/Zoe`,
      CreateDate: expect.any(Date),
      Tags,
      PermissionsBoundary: { PermissionsBoundaryType: expect.any(String), PermissionsBoundaryArn: READ_ONLY },
    });
    await expect(iam.createUser({ UserName: "zoe" })).rejects.toEqual(
      refused("EntityAlreadyExistsException", 409, "User with name zoe already exists."),
    );
    await iam.updateUser({ UserName: "Zoe", NewUserName: "Zoe.B", NewPath: "/former/" });
    await expect(iam.getUser({ UserName: "Zoe" })).rejects.toEqual(
      refused("NoSuchEntityException", 404, "The user with name Zoe cannot be found."),
    );
    const { Users, IsTruncated } = await iam.listUsers({ PathPrefix: "/former/" });
    expect(IsTruncated).toBe(false);
    expect(Users).toEqual([
      {
        UserName: "Zoe.B",
        Path: "/former/",
        UserId: User!.UserId,
        Arn: `arn:aws:iam::${ACCOUNT}:user/former/Zoe.B`,
        CreateDate: User!.CreateDate,
      },
    ]);
    await iam.deleteUserPermissionsBoundary({ UserName: "Zoe.B" });
    expect((await iam.getUser({ UserName: "Zoe.B" })).User!.PermissionsBoundary).toBeUndefined();
    await iam.deleteUser({ UserName: "Zoe.B" });
    expect((await iam.listUsers({ PathPrefix: "/former/" })).Users).toEqual([]);
  });

  test("have tags, whose keys differ by more than case", async () => {
    const UserName = await user({ Tags: [{ Key: "b", Value: "1" }] });
    await iam.tagUser({
      UserName,
      Tags: [
        { Key: "B", Value: "2" },
        { Key: "a", Value: "" },
      ],
    });
    expect((await iam.listUserTags({ UserName })).Tags).toEqual([
      { Key: "a", Value: "" },
      { Key: "B", Value: "2" },
    ]);
    await iam.untagUser({ UserName, TagKeys: ["b"] });
    expect((await iam.getUser({ UserName })).User!.Tags).toEqual([{ Key: "a", Value: "" }]);
  });

  test("are listed in pages", async () => {
    const Path = "/paged/";
    for (const UserName of ["p3", "P1", "p2"]) await iam.createUser({ UserName, Path });
    const seen: string[][] = [];
    for await (const page of paginateListUsers({ client: iam, pageSize: 2 }, { PathPrefix: Path }))
      seen.push(page.Users!.map(({ UserName }) => UserName!));
    expect(seen).toEqual([["P1", "p2"], ["p3"]]);
    await expect(iam.listUsers({ Marker: "other" })).rejects.toEqual(refused("ValidationError", 400, /Marker/));
  });

  test("cannot be deleted while something is theirs", async () => {
    const UserName = await user();
    const GroupName = await group();
    const undo = {
      "delete access keys": async () => {
        const { AccessKeyMetadata } = await iam.listAccessKeys({ UserName });
        await iam.deleteAccessKey({ UserName, AccessKeyId: AccessKeyMetadata![0]!.AccessKeyId! });
      },
      "delete login profile": () => iam.deleteLoginProfile({ UserName }),
      "remove users from group": () => iam.removeUserFromGroup({ UserName, GroupName }),
      "detach all policies": () => iam.detachUserPolicy({ UserName, PolicyArn: READ_ONLY }),
      "delete policies": () => iam.deleteUserPolicy({ UserName, PolicyName: "p" }),
    };
    await iam.createAccessKey({ UserName });
    await iam.createLoginProfile({ UserName, Password: "Xk9-very-secret" });
    await iam.addUserToGroup({ UserName, GroupName });
    await iam.attachUserPolicy({ UserName, PolicyArn: READ_ONLY });
    await iam.putUserPolicy({ UserName, PolicyName: "p", PolicyDocument: ALLOW_ALL });
    for (const [first, away] of Object.entries(undo)) {
      await expect(iam.deleteUser({ UserName })).rejects.toEqual(
        refused("DeleteConflictException", 409, `Cannot delete entity, must ${first} first.`),
      );
      await away();
    }
    await iam.deleteUser({ UserName });
  });

  test("without a name are the caller; what could not be made is empty", async () => {
    expect((await iam.getUser({})).User).toEqual({
      UserId: ACCOUNT,
      Arn: `arn:aws:iam::${ACCOUNT}:root`,
      CreateDate: expect.any(Date),
    });
    const { accessKeyId: AccessKeyId } = engine.credentials;
    expect((await iam.listAccessKeys({})).AccessKeyMetadata).toEqual([
      { AccessKeyId, Status: "Active", CreateDate: expect.any(Date) },
    ]);
    expect(await iam.getAccessKeyLastUsed({ AccessKeyId })).toMatchObject({
      UserName: "<root_account>",
      AccessKeyLastUsed: { ServiceName: "iam", Region: "eu-west-3" },
    });
    await expect(iam.deleteAccessKey({ AccessKeyId })).rejects.toEqual(
      refused("InvalidInputException", 400, /^The root user has one access key/),
    );
    await expect(iam.getLoginProfile({})).rejects.toEqual(
      refused("ValidationError", 400, "Must specify userName when calling with non-User credentials"),
    );
    const UserName = await user();
    await iam.attachUserPolicy({ UserName, PolicyArn: "arn:aws:iam::aws:policy/IAMFullAccess" });
    const own = iamAs(await keyOf(UserName));
    expect((await own.getUser({})).User!.UserName).toBe(UserName);
    expect((await own.listAccessKeys({})).AccessKeyMetadata).toHaveLength(1);
    expect((await own.listMFADevices({})).MFADevices).toEqual([]);
    expect((await iam.listSSHPublicKeys({ UserName })).SSHPublicKeys).toEqual([]);
    expect((await iam.listSigningCertificates({ UserName })).Certificates).toEqual([]);
    expect((await iam.listServiceSpecificCredentials({ UserName })).ServiceSpecificCredentials).toEqual([]);
    expect((await iam.listVirtualMFADevices({})).VirtualMFADevices).toEqual([]);
    await expect(iam.createVirtualMFADevice({ VirtualMFADeviceName: "m" })).rejects.toThrow(/not (built|supported)/);
  });
});

describe("access keys", () => {
  test("show their secret once, sign, and are refused at once when they are inactive or gone", async () => {
    const UserName = await user();
    await iam.attachUserPolicy({ UserName, PolicyArn: READ_ONLY });
    const { AccessKey } = await iam.createAccessKey({ UserName });
    expect(AccessKey).toEqual({
      UserName,
      AccessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
      SecretAccessKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
      Status: "Active",
      CreateDate: expect.any(Date),
    });
    const AccessKeyId = AccessKey!.AccessKeyId!;
    expect((await iam.getAccessKeyLastUsed({ AccessKeyId })).AccessKeyLastUsed).toEqual({
      ServiceName: "N/A",
      Region: "N/A",
    });
    const { sts, ecs } = engine.clients({ accessKeyId: AccessKeyId, secretAccessKey: AccessKey!.SecretAccessKey! });
    const { Arn, UserId } = await sts.send(new GetCallerIdentityCommand({}));
    expect({ Arn, UserId }).toEqual({
      Arn: `arn:aws:iam::${ACCOUNT}:user/${UserName}`,
      UserId: (await iam.getUser({ UserName })).User!.UserId,
    });
    await ecs.send(new ListClustersCommand({}));
    expect(await iam.getAccessKeyLastUsed({ AccessKeyId })).toMatchObject({
      UserName,
      AccessKeyLastUsed: { LastUsedDate: expect.any(Date), Region: engine.region, ServiceName: "ecs" },
    });
    await expectRefusals(() => iam.updateAccessKey({ UserName, AccessKeyId, Status: "Inactive" }));
    await iam.updateAccessKey({ UserName, AccessKeyId, Status: "Active" });
    await ecs.send(new ListClustersCommand({}));
    await expectRefusals(() => iam.deleteAccessKey({ UserName, AccessKeyId }));
    await expect(iam.deleteAccessKey({ UserName, AccessKeyId })).rejects.toEqual(
      refused("NoSuchEntityException", 404, `The Access Key with id ${AccessKeyId} cannot be found.`),
    );

    async function expectRefusals(change: () => Promise<unknown>) {
      await change();
      const message = "The security token included in the request is invalid.";
      await expect(ecs.send(new ListClustersCommand({}))).rejects.toMatchObject({
        name: "UnrecognizedClientException",
        message,
      });
      await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
        name: "InvalidClientTokenId",
        message,
      });
    }
  });

  test("are two at most, outlive the control plane, and lie nowhere in the clear", async () => {
    const UserName = await user();
    const key = await keyOf(UserName);
    await keyOf(UserName);
    await expect(iam.createAccessKey({ UserName })).rejects.toEqual(
      refused("LimitExceededException", 409, "Cannot exceed quota for AccessKeysPerUser: 2"),
    );
    const Password = `Secret-${key.secretAccessKey.slice(0, 20)}`;
    await iam.createLoginProfile({ UserName, Password });
    expect(filesWith(engine.dataFolder, key.accessKeyId)).not.toEqual([]);
    expect(filesWith(engine.dataFolder, key.secretAccessKey)).toEqual([]);
    expect(filesWith(engine.dataFolder, Password)).toEqual([]);
    await engine.kill();
    await engine.up();
    const { Arn } = await engine.clients(key).sts.send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe(`arn:aws:iam::${ACCOUNT}:user/${UserName}`);
  });
});

describe("groups", () => {
  test("are made, renamed and deleted, and have members", async () => {
    const { Group } = await iam.createGroup({ GroupName: "Admins", Path: "/g/" });
    expect(Group).toEqual({
      GroupName: "Admins",
      Path: "/g/",
      GroupId: expect.stringMatching(/^AGPA[A-Z2-7]{17}$/),
      Arn: `arn:aws:iam::${ACCOUNT}:group/g/Admins`,
      CreateDate: expect.any(Date),
    });
    const UserName = await user();
    await iam.addUserToGroup({ UserName, GroupName: "Admins" });
    await iam.addUserToGroup({ UserName, GroupName: "Admins" });
    await iam.updateGroup({ GroupName: "Admins", NewGroupName: "Ops" });
    expect((await iam.listGroupsForUser({ UserName })).Groups).toMatchObject([{ GroupName: "Ops", Path: "/g/" }]);
    expect(await iam.getGroup({ GroupName: "Ops" })).toMatchObject({
      Group: { GroupId: Group!.GroupId },
      Users: [{ UserName }],
      IsTruncated: false,
    });
    expect((await iam.listGroups({ PathPrefix: "/g/" })).Groups).toHaveLength(1);
    await expect(iam.deleteGroup({ GroupName: "Ops" })).rejects.toEqual(
      refused("DeleteConflictException", 409, "Cannot delete entity, must remove users from group first."),
    );
    await iam.removeUserFromGroup({ UserName, GroupName: "Ops" });
    await iam.deleteGroup({ GroupName: "Ops" });
    await expect(iam.addUserToGroup({ UserName, GroupName: "Ops" })).rejects.toEqual(
      refused("NoSuchEntityException", 404, "The group with name Ops cannot be found."),
    );
  });

  test("are ten at most for a user", async () => {
    const UserName = await user();
    for (let i = 0; i < 10; i++) await iam.addUserToGroup({ UserName, GroupName: await group() });
    await expect(iam.addUserToGroup({ UserName, GroupName: await group() })).rejects.toEqual(
      refused("LimitExceededException", 409, "Cannot exceed quota for GroupsPerUser: 10"),
    );
  });
});

describe.each(["user", "group"] as const)("policies of a %s", (kind) => {
  const calls = {
    user: (name: string) => {
      const UserName = name;
      return {
        put: (PolicyName: string, PolicyDocument: string) =>
          iam.putUserPolicy({ UserName, PolicyName, PolicyDocument }),
        get: (PolicyName: string) => iam.getUserPolicy({ UserName, PolicyName }),
        remove: (PolicyName: string) => iam.deleteUserPolicy({ UserName, PolicyName }),
        list: () => iam.listUserPolicies({ UserName }),
        attach: (PolicyArn: string) => iam.attachUserPolicy({ UserName, PolicyArn }),
        detach: (PolicyArn: string) => iam.detachUserPolicy({ UserName, PolicyArn }),
        attached: (PathPrefix?: string) => iam.listAttachedUserPolicies({ UserName, PathPrefix }),
      };
    },
    group: (name: string) => {
      const GroupName = name;
      return {
        put: (PolicyName: string, PolicyDocument: string) =>
          iam.putGroupPolicy({ GroupName, PolicyName, PolicyDocument }),
        get: (PolicyName: string) => iam.getGroupPolicy({ GroupName, PolicyName }),
        remove: (PolicyName: string) => iam.deleteGroupPolicy({ GroupName, PolicyName }),
        list: () => iam.listGroupPolicies({ GroupName }),
        attach: (PolicyArn: string) => iam.attachGroupPolicy({ GroupName, PolicyArn }),
        detach: (PolicyArn: string) => iam.detachGroupPolicy({ GroupName, PolicyArn }),
        attached: (PathPrefix?: string) => iam.listAttachedGroupPolicies({ GroupName, PathPrefix }),
      };
    },
  };

  test("are inline or managed", async () => {
    const name = await (kind === "user" ? user() : group());
    const { put, get, remove, list, attach, detach, attached } = calls[kind](name);
    await put("second", ALLOW_ALL);
    await put("first", ALLOW_ALL);
    expect((await list()).PolicyNames).toEqual(["first", "second"]);
    const { PolicyDocument, PolicyName } = await get("first");
    expect([PolicyName, decodeURIComponent(PolicyDocument!)]).toEqual(["first", ALLOW_ALL]);
    await remove("first");
    await expect(get("first")).rejects.toEqual(
      refused("NoSuchEntityException", 404, `The ${kind} policy with name first cannot be found.`),
    );
    const limit = kind === "user" ? 2048 : 5120;
    const large = ALLOW_ALL.replace('"Resource":"*"', `"Resource":"arn:aws:s3:::${"x".repeat(limit)}"`);
    await expect(put("large", large)).rejects.toEqual(
      refused("LimitExceededException", 409, `Maximum policy size of ${limit} bytes exceeded for ${kind} ${name}`),
    );
    await expect(put("bad", "{")).rejects.toMatchObject({ name: "MalformedPolicyDocumentException" });

    await attach(READ_ONLY);
    await attach(READ_ONLY);
    expect((await attached()).AttachedPolicies).toEqual([{ PolicyName: "AmazonECS_FullAccess", PolicyArn: READ_ONLY }]);
    expect((await attached("/service-role/")).AttachedPolicies).toEqual([]);
    await detach(READ_ONLY);
    await expect(detach(READ_ONLY)).rejects.toEqual(
      refused("NoSuchEntityException", 404, `Policy ${READ_ONLY} was not found.`),
    );
    const gone = `arn:aws:iam::${ACCOUNT}:policy/gone`;
    await expect(attach(gone)).rejects.toEqual(
      refused("NoSuchEntityException", 404, `Policy ${gone} does not exist or is not attachable.`),
    );
  });
});

describe("what a user may do with users", () => {
  test("depends on paths, names, tags, policies and boundaries", async () => {
    const UserName = await user({ Path: "/admins/" });
    const boundary = "arn:aws:iam::aws:policy/IAMFullAccess";
    const statements = [
      { Action: ["iam:GetUser", "iam:UpdateUser"], Resource: [`arn:aws:iam::${ACCOUNT}:user/team/*`] },
      { Action: "iam:ListUsers", Resource: `arn:aws:iam::${ACCOUNT}:user/team/` },
      {
        Action: ["iam:CreateUser", "iam:TagUser"],
        Resource: "*",
        Condition: { StringEqualsIfExists: { "iam:PermissionsBoundary": boundary, "aws:RequestTag/team": "blue" } },
      },
      { Action: "iam:AttachUserPolicy", Resource: "*", Condition: { ArnEquals: { "iam:PolicyARN": READ_ONLY } } },
      { Action: "iam:DeleteUser", Resource: "*", Condition: { StringEquals: { "iam:ResourceTag/team": "blue" } } },
    ];
    await iam.putUserPolicy({
      UserName,
      PolicyName: "admin",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: statements.map((each) => ({ Effect: "Allow", ...each })),
      }),
    });
    const admin = iamAs(await keyOf(UserName));
    const denied = (action: string, resource: string) =>
      refused(
        "AccessDenied",
        403,
        `User: arn:aws:iam::${ACCOUNT}:user/admins/${UserName} is not authorized to perform: iam:${action} on resource: ${resource} because no identity-based policy allows the iam:${action} action`,
      );
    const member = { UserName: "member", Path: "/team/", Tags: [{ Key: "team", Value: "blue" }] };
    const arn = `arn:aws:iam::${ACCOUNT}:user/team/member`;
    await expect(admin.createUser({ ...member, PermissionsBoundary: READ_ONLY })).rejects.toEqual(
      denied("CreateUser", arn),
    );
    await expect(admin.createUser({ ...member, Tags: [{ Key: "team", Value: "red" }] })).rejects.toEqual(
      denied("CreateUser", arn),
    );
    await admin.createUser({ ...member, PermissionsBoundary: boundary });
    await admin.getUser({ UserName: "member" });
    await expect(admin.getUser({ UserName })).rejects.toEqual(denied("GetUser", `user ${UserName}`));
    await expect(admin.getUser({})).rejects.toEqual(
      denied("GetUser", `arn:aws:iam::${ACCOUNT}:user/admins/${UserName}`),
    );
    await expect(admin.listUsers({})).rejects.toEqual(denied("ListUsers", `arn:aws:iam::${ACCOUNT}:user/`));
    expect((await admin.listUsers({ PathPrefix: "/team/" })).Users).toHaveLength(1);
    await expect(admin.updateUser({ UserName: "member", NewPath: "/admins/" })).rejects.toEqual(
      denied("UpdateUser", `arn:aws:iam::${ACCOUNT}:user/admins/member`),
    );
    await expect(admin.attachUserPolicy({ UserName: "member", PolicyArn: boundary })).rejects.toEqual(
      denied("AttachUserPolicy", "user member"),
    );
    await admin.attachUserPolicy({ UserName: "member", PolicyArn: READ_ONLY });
    await iam.detachUserPolicy({ UserName: "member", PolicyArn: READ_ONLY });
    await expect(admin.deleteUser({ UserName })).rejects.toEqual(denied("DeleteUser", `user ${UserName}`));
    await admin.deleteUser({ UserName: "member" });
    await expect(admin.createGroup({ GroupName: "g" })).rejects.toEqual(
      denied("CreateGroup", `arn:aws:iam::${ACCOUNT}:group/g`),
    );
    await expect(admin.getAccountSummary({})).rejects.toEqual(denied("GetAccountSummary", "*"));
  });

  test("is what its groups may, at once and until it leaves them", async () => {
    const UserName = await user();
    const GroupName = await group();
    await iam.putGroupPolicy({ GroupName, PolicyName: "all", PolicyDocument: ALLOW_ALL });
    const own = iamAs(await keyOf(UserName));
    await expect(own.listGroups({})).rejects.toMatchObject({ name: "AccessDenied" });
    await iam.addUserToGroup({ GroupName, UserName });
    await own.listGroups({});
    await iam.putUserPermissionsBoundary({ UserName, PermissionsBoundary: READ_ONLY });
    await expect(own.createGroup({ GroupName: "g" })).rejects.toMatchObject({
      message: expect.stringContaining("because no permissions boundary allows the iam:CreateGroup action"),
    });
    await iam.deleteUserPermissionsBoundary({ UserName });
    await own.listGroups({});
    await iam.removeUserFromGroup({ GroupName, UserName });
    await expect(own.listGroups({})).rejects.toMatchObject({ name: "AccessDenied" });
  });
});

describe("passwords", () => {
  test("follow the account's policy and are not used again", async () => {
    await expect(iam.getAccountPasswordPolicy({})).rejects.toEqual(
      refused("NoSuchEntityException", 404, `The Password Policy with domain name ${ACCOUNT} cannot be found.`),
    );
    await iam.updateAccountPasswordPolicy({
      MinimumPasswordLength: 10,
      RequireNumbers: true,
      PasswordReusePrevention: 2,
      MaxPasswordAge: 90,
      AllowUsersToChangePassword: true,
    });
    expect((await iam.getAccountPasswordPolicy({})).PasswordPolicy).toEqual({
      MinimumPasswordLength: 10,
      RequireSymbols: false,
      RequireNumbers: true,
      RequireUppercaseCharacters: false,
      RequireLowercaseCharacters: false,
      AllowUsersToChangePassword: true,
      ExpirePasswords: true,
      MaxPasswordAge: 90,
      PasswordReusePrevention: 2,
    });
    const violation = refused(
      "PasswordPolicyViolationException",
      400,
      "Password does not conform to the account password policy.",
    );
    const UserName = await user();
    await expect(iam.createLoginProfile({ UserName, Password: "no-numbers" })).rejects.toEqual(violation);
    const { LoginProfile } = await iam.createLoginProfile({ UserName, Password: "password-1" });
    expect(LoginProfile).toEqual({ UserName, CreateDate: expect.any(Date), PasswordResetRequired: false });
    await expect(iam.createLoginProfile({ UserName, Password: "password-1" })).rejects.toEqual(
      refused("EntityAlreadyExistsException", 409, `Login Profile for user ${UserName} already exists.`),
    );
    await iam.updateLoginProfile({ UserName, PasswordResetRequired: true });
    expect((await iam.getLoginProfile({ UserName })).LoginProfile!.PasswordResetRequired).toBe(true);

    // The account lets users change theirs: it needs no policy of the user's.
    const own = iamAs(await keyOf(UserName));
    await expect(own.changePassword({ OldPassword: "wrong-1", NewPassword: "password-2" })).rejects.toMatchObject({
      message: "The old password was incorrect.",
    });
    await own.changePassword({ OldPassword: "password-1", NewPassword: "password-2" });
    await expect(own.changePassword({ OldPassword: "password-2", NewPassword: "password-1" })).rejects.toEqual(
      violation,
    );
    expect((await iam.getLoginProfile({ UserName })).LoginProfile!.PasswordResetRequired).toBe(false);
    await expect(iam.changePassword({ OldPassword: "a", NewPassword: "b" })).rejects.toEqual(
      refused("InvalidUserTypeException", 400, "Only IAM Users can change their own password"),
    );
    await iam.deleteLoginProfile({ UserName });
    await expect(iam.getLoginProfile({ UserName })).rejects.toEqual(
      refused("NoSuchEntityException", 404, `Login Profile for User ${UserName} cannot be found.`),
    );
    await iam.deleteAccountPasswordPolicy({});
    await expect(iam.deleteAccountPasswordPolicy({})).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });
});

describe("the account", () => {
  test("has one alias and a summary", async () => {
    await iam.createAccountAlias({ AccountAlias: "first-alias" });
    await iam.createAccountAlias({ AccountAlias: "second-alias" });
    expect((await iam.listAccountAliases({})).AccountAliases).toEqual(["second-alias"]);
    await expect(iam.deleteAccountAlias({ AccountAlias: "first-alias" })).rejects.toMatchObject({
      name: "NoSuchEntityException",
    });
    await iam.deleteAccountAlias({ AccountAlias: "second-alias" });
    const { SummaryMap } = await iam.getAccountSummary({});
    const users = (await iam.listUsers({ MaxItems: 1000 })).Users!.length;
    expect(SummaryMap).toMatchObject({ Users: users, UsersQuota: 5000, GroupsPerUserQuota: 10, AccountMFAEnabled: 0 });
  });

  test("tells all that is allowed, in pages", async () => {
    const UserName = await user({ Path: "/told/" });
    await iam.putUserPolicy({ UserName, PolicyName: "inline", PolicyDocument: ALLOW_ALL });
    await iam.attachUserPolicy({ UserName, PolicyArn: READ_ONLY });
    const GroupName = await group();
    await iam.addUserToGroup({ UserName, GroupName });
    const all = await iam.getAccountAuthorizationDetails({ Filter: ["User", "AWSManagedPolicy"], MaxItems: 1000 });
    expect(all.RoleDetailList).toEqual([]);
    expect(all.UserDetailList!.find((each) => each.UserName === UserName)).toMatchObject({
      Path: "/told/",
      UserPolicyList: [{ PolicyName: "inline", PolicyDocument: encodeURIComponent(ALLOW_ALL).replaceAll("*", "%2A") }],
      GroupList: [GroupName],
      AttachedManagedPolicies: [{ PolicyArn: READ_ONLY }],
      Tags: [],
    });
    expect(all.Policies!.find(({ Arn }) => Arn === READ_ONLY)).toMatchObject({
      PolicyVersionList: [{ IsDefaultVersion: true }],
    });
    const { Groups } = await iam.listGroups({});
    const paged: (string | undefined)[] = [];
    for await (const page of paginateGetAccountAuthorizationDetails(
      { client: iam, pageSize: 1 },
      { Filter: ["Group"] },
    ))
      paged.push(...page.GroupDetailList!.map((each) => each.GroupName));
    expect(paged).toEqual(Groups!.map((each) => each.GroupName));
  });

  test("tells which services somebody may use, and when that was done last", async () => {
    const GroupName = await group();
    await iam.attachGroupPolicy({ GroupName, PolicyArn: "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly" });
    const UserName = await user();
    await iam.addUserToGroup({ UserName, GroupName });
    const PolicyDocument = ALLOW_ALL.replace('"Action":"*"', '"Action":"ecs:List*"');
    await iam.putUserPolicy({ UserName, PolicyName: "ecs", PolicyDocument });
    await engine.clients(await keyOf(UserName)).ecs.send(new ListClustersCommand({}));
    const arn = `arn:aws:iam::${ACCOUNT}:user/${UserName}`;
    const never = {
      ServiceName: "Amazon Elastic Container Registry",
      ServiceNamespace: "ecr",
      TotalAuthenticatedEntities: 0,
    };
    const reportOf = async (Arn: string) => {
      const { JobId } = await iam.generateServiceLastAccessedDetails({ Arn });
      const { JobStatus, ServicesLastAccessed } = await iam.getServiceLastAccessedDetails({ JobId });
      expect(JobStatus).toBe("COMPLETED");
      return ServicesLastAccessed!;
    };
    const ofUser = await reportOf(arn);
    expect(ofUser).toContainEqual(never);
    expect(ofUser).toContainEqual({
      ServiceName: "Amazon Elastic Container Service",
      ServiceNamespace: "ecs",
      LastAuthenticated: expect.any(Date),
      LastAuthenticatedEntity: arn,
      LastAuthenticatedRegion: engine.region,
      TotalAuthenticatedEntities: 1,
    });
    const ofGroup = await reportOf(`arn:aws:iam::${ACCOUNT}:group/${GroupName}`);
    expect(ofGroup.map(({ ServiceNamespace }) => ServiceNamespace)).not.toContain("ecs");
    expect(ofGroup).toContainEqual(never);
    expect(await reportOf(READ_ONLY)).not.toEqual([]);
    await expect(iam.generateServiceLastAccessedDetails({ Arn: `${arn}-none` })).rejects.toMatchObject({
      name: "NoSuchEntityException",
    });
  });

  test("has a credential report, as the AWS CLI shows it", async () => {
    type Report = { Content: string; ReportFormat: string };
    await expect(iam.getCredentialReport({})).rejects.toMatchObject({ name: "CredentialReportNotPresentException" });
    const UserName = await user();
    const { accessKeyId } = await keyOf(UserName);
    await iam.updateAccessKey({ UserName, AccessKeyId: accessKeyId, Status: "Inactive" });
    expect((await iam.generateCredentialReport({})).State).toBe("STARTED");
    expect((await iam.generateCredentialReport({})).State).toBe("COMPLETE");
    const { Content, ReportFormat } = await engine.awsJson<Report>("iam", "get-credential-report");
    expect(ReportFormat).toBe("text/csv");
    const [head, root, ...rows] = Buffer.from(Content, "base64").toString().split("\n");
    expect(head).toMatch(
      /^user,arn,user_creation_time,password_enabled,.*,access_key_1_active,.*,cert_2_last_rotated$/,
    );
    expect(root).toMatch(
      /^<root_account>,arn:aws:iam::000000000000:root,\d{4}-\d\d-\d\dT[\d:]{8}\+00:00,not_supported,/,
    );
    const cells = rows.find((row) => row.startsWith(`${UserName},`))!.split(",");
    const row = Object.fromEntries(head!.split(",").map((column, index) => [column, cells[index]]));
    expect(row).toMatchObject({
      password_enabled: "false",
      password_next_rotation: "N/A",
      mfa_active: "false",
      access_key_1_active: "false",
      access_key_1_last_used_date: "N/A",
      access_key_2_active: "false",
    });
  });
});
