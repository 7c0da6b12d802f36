"""A role and a policy with boto3: documents as objects, waiters, paginators, resources and exceptions.

iam_roles_walk.py ENDPOINT
"""

import json
import sys

import boto3

ENDPOINT = sys.argv[1]
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
READ = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"}],
}

iam = boto3.client("iam", endpoint_url=ENDPOINT)
resource = boto3.resource("iam", endpoint_url=ENDPOINT)

iam.create_role(RoleName="boto3", AssumeRolePolicyDocument=json.dumps(TRUST))
iam.get_waiter("role_exists").wait(RoleName="boto3", WaiterConfig={"Delay": 1, "MaxAttempts": 5})
role = iam.get_role(RoleName="boto3")["Role"]
assert role["AssumeRolePolicyDocument"] == TRUST, role
assert role["RoleLastUsed"] == {}, role

try:
    iam.create_role(RoleName="boto3", AssumeRolePolicyDocument=json.dumps(TRUST))
    raise AssertionError("a second role was made")
except iam.exceptions.EntityAlreadyExistsException as error:
    assert error.response["Error"] == {
        "Type": "Sender",
        "Code": "EntityAlreadyExists",
        "Message": "Role with name boto3 already exists.",
    }, error.response

iam.put_role_policy(RoleName="boto3", PolicyName="read", PolicyDocument=json.dumps(READ, indent=4))
assert iam.get_role_policy(RoleName="boto3", PolicyName="read")["PolicyDocument"] == READ

arn = iam.create_policy(PolicyName="boto3", PolicyDocument=json.dumps(READ))["Policy"]["Arn"]
iam.get_waiter("policy_exists").wait(PolicyArn=arn, WaiterConfig={"Delay": 1, "MaxAttempts": 5})
resource.Role("boto3").attach_policy(PolicyArn=arn)
assert [policy.arn for policy in resource.Role("boto3").attached_policies.all()] == [arn]
assert resource.Policy(arn).default_version.document == READ
assert resource.Policy(arn).attachment_count == 1
local = [
    policy["Arn"] for page in iam.get_paginator("list_policies").paginate(Scope="Local") for policy in page["Policies"]
]
assert arn in local, local

resource.Role("boto3").detach_policy(PolicyArn=arn)
iam.delete_policy(PolicyArn=arn)
iam.delete_role_policy(RoleName="boto3", PolicyName="read")
iam.delete_role(RoleName="boto3")
try:
    iam.get_role(RoleName="boto3")
    raise AssertionError("the role is there")
except iam.exceptions.NoSuchEntityException as error:
    assert error.response["Error"]["Message"] == "The role with name boto3 cannot be found.", error.response
