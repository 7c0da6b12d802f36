"""From an empty account to a service that answers and back, with boto3: clients, waiters, paginators and exceptions.

boto3_walk.py ENDPOINT LAYOUT: the engine, and an OCI image layout of a web server on port 8080.
"""

import base64
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request

import boto3
from botocore.exceptions import ClientError, WaiterError

ENDPOINT, LAYOUT = sys.argv[1:]
REGISTRY = "localhost:" + ENDPOINT.rsplit(":", 1)[1]
SOON = {"Delay": 1, "MaxAttempts": 180}

ecs, ecr, ec2, logs, sts, iam = (
    boto3.client(name, endpoint_url=ENDPOINT) for name in ("ecs", "ecr", "ec2", "logs", "sts", "iam")
)
account = sts.get_caller_identity()["Account"]
region = ecs.meta.region_name


def refused(exception, message, call, **request):
    """The call must end with that exception and message."""
    try:
        call(**request)
    except exception as error:
        found = error.response["Error"]["Message"]
        assert found == message, f"{call.__name__} was refused with: {found}"
    else:
        raise AssertionError(f"{call.__name__} succeeded")


def push(name):
    """Makes a repository and pushes the layout's image with a token of ECR; answers the image's name on AWS."""
    ecr.create_repository(repositoryName=name)
    token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    credentials = base64.b64decode(token).decode()
    copy = ["skopeo", "copy", "--quiet", "--dest-tls-verify=false", "--dest-creds", credentials]
    subprocess.run([*copy, f"oci:{LAYOUT}:image", f"docker://{REGISTRY}/{name}:v1"], check=True)
    assert ecr.list_images(repositoryName=name)["imageIds"][0]["imageTag"] == "v1"
    return f"{account}.dkr.ecr.{region}.amazonaws.com/{name}:v1"


def make_role():
    """The execution role of AWS's tutorials; answers its ARN."""
    trust = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="ecsTaskExecutionRole", AssumeRolePolicyDocument=document)["Role"]
    policy = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    iam.attach_role_policy(RoleName="ecsTaskExecutionRole", PolicyArn=policy)
    return role["Arn"]


def register(image):
    container = {
        "name": "app",
        "image": image,
        "portMappings": [{"containerPort": 8080}],
        "stopTimeout": 2,
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {"awslogs-group": "/boto3", "awslogs-region": region, "awslogs-stream-prefix": "web"},
        },
    }
    answer = ecs.register_task_definition(
        family="web",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        executionRoleArn=make_role(),
        containerDefinitions=[container],
    )
    return answer["taskDefinition"]["taskDefinitionArn"]


def make_network():
    """A security group that allows port 8080; answers it and what tasks are given."""
    group = ec2.create_security_group(GroupName="web", Description="port 8080")["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    assert ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])["Return"]
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]]
    assert len(subnets) == 3, subnets
    network = {"subnets": subnets, "securityGroups": [group], "assignPublicIp": "ENABLED"}
    return group, {"awsvpcConfiguration": network}


def public_ip(task):
    details = {detail["name"]: detail["value"] for detail in task["attachments"][0]["details"]}
    found = ec2.describe_network_interfaces(NetworkInterfaceIds=[details["networkInterfaceId"]])
    return found["NetworkInterfaces"][0]["Association"]["PublicIp"]


def answer_of(url):
    """What a web server answers, which listens a moment after its container has started."""
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return answer.read()
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError) or time.monotonic() > deadline:
                raise
        time.sleep(0.05)


def check_answers(arns):
    for task in ecs.describe_tasks(cluster="boto3", tasks=arns)["tasks"]:
        assert answer_of(f"http://{public_ip(task)}:8080/") == b"hello\n"


def list_all(**request):
    """The ARNs of all pages, which have one task each."""
    pages = list(ecs.get_paginator("list_tasks").paginate(PaginationConfig={"PageSize": 1}, **request))
    assert all(len(page["taskArns"]) <= 1 for page in pages), pages
    return sorted(arn for page in pages for arn in page["taskArns"])


def walk_tasks(network):
    launch = {"taskDefinition": "web", "launchType": "FARGATE", "networkConfiguration": network}
    answer = ecs.run_task(cluster="boto3", count=3, startedBy="boto3", **launch)
    assert answer["failures"] == [], answer["failures"]
    arns = sorted(task["taskArn"] for task in answer["tasks"])
    ecs.get_waiter("tasks_running").wait(cluster="boto3", tasks=arns, WaiterConfig=SOON)
    check_answers(arns)
    assert list_all(cluster="boto3", startedBy="boto3") == arns
    refused(
        ecs.exceptions.ClusterContainsTasksException,
        "The Cluster cannot be deleted while Tasks are active.",
        ecs.delete_cluster,
        cluster="boto3",
    )
    for arn in arns:
        ecs.stop_task(cluster="boto3", task=arn, reason="seen enough")
    ecs.get_waiter("tasks_stopped").wait(cluster="boto3", tasks=arns, WaiterConfig=SOON)
    for task in ecs.describe_tasks(cluster="boto3", tasks=arns)["tasks"]:
        assert (task["stopCode"], task["stoppedReason"]) == ("UserInitiated", "seen enough"), task
    assert list_all(cluster="boto3") == []
    assert list_all(cluster="boto3", desiredStatus="STOPPED") == arns


def walk_service(network, definition, group):
    service = {"cluster": "boto3", "services": ["web"]}
    ecs.create_service(
        cluster="boto3",
        serviceName="web",
        taskDefinition=definition,
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration=network,
    )
    ecs.get_waiter("services_stable").wait(WaiterConfig=SOON, **service)
    ecs.update_service(cluster="boto3", service="web", desiredCount=2)
    ecs.get_waiter("services_stable").wait(WaiterConfig=SOON, **service)
    arns = list_all(cluster="boto3", serviceName="web")
    assert len(arns) == 2, arns
    check_answers(arns)
    refused(
        ecs.exceptions.InvalidParameterException,
        "The service cannot be stopped while it is scaled above 0.",
        ecs.delete_service,
        cluster="boto3",
        service="web",
    )
    refused(ClientError, f"resource {group} has a dependent object", ec2.delete_security_group, GroupId=group)
    assert ecs.delete_service(cluster="boto3", service="web", force=True)["service"]["status"] == "DRAINING"
    ecs.get_waiter("services_inactive").wait(WaiterConfig=SOON, **service)


def check_logs():
    """Every task's stream has its requests."""
    streams = {stream["logStreamName"] for stream in logs.describe_log_streams(logGroupName="/boto3")["logStreams"]}
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName="/boto3", filterPattern="response")
    answered = {event["logStreamName"] for page in pages for event in page["events"]}
    assert len(streams) == 5 and answered == streams, (streams, answered)


def check_exceptions():
    refused(
        ecs.exceptions.ClusterNotFoundException,
        "Cluster not found.",
        ecs.describe_services,
        cluster="none",
        services=["web"],
    )
    refused(
        ecs.exceptions.ClientException,
        "Unable to describe task definition.",
        ecs.describe_task_definition,
        taskDefinition="none",
    )
    refused(
        ecr.exceptions.RepositoryNotFoundException,
        f"The repository with name 'none' does not exist in the registry with id '{account}'",
        ecr.describe_repositories,
        repositoryNames=["none"],
    )
    refused(
        logs.exceptions.ResourceAlreadyExistsException,
        "The specified log group already exists",
        logs.create_log_group,
        logGroupName="/boto3",
    )
    waiter = ecs.get_waiter("services_stable")
    try:
        waiter.wait(cluster="boto3", services=["none"], WaiterConfig=SOON)
    except WaiterError as error:
        assert "MISSING" in str(error), error
    else:
        raise AssertionError("a service that does not exist is stable")


def delete_all(definition, group):
    assert ecs.delete_cluster(cluster="boto3")["cluster"]["status"] == "INACTIVE"
    ecs.deregister_task_definition(taskDefinition=definition)
    ec2.delete_security_group(GroupId=group)
    ecr.delete_repository(repositoryName="web", force=True)
    logs.delete_log_group(logGroupName="/boto3")
    assert ecs.list_clusters()["clusterArns"] == []
    assert ecr.describe_repositories()["repositories"] == []
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []


logs.create_log_group(logGroupName="/boto3")
ecs.create_cluster(clusterName="boto3")
definition = register(push("web"))
group, network = make_network()
walk_tasks(network)
walk_service(network, definition, group)
check_logs()
check_exceptions()
delete_all(definition, group)
