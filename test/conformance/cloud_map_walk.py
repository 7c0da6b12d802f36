"""A service with DNS records and one without, as boto3 makes, discovers and removes them. Prints nothing when all is well."""

import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

client = boto3.client(
    "servicediscovery", endpoint_url=sys.argv[1], config=Config(inject_host_prefix=False, retries={"max_attempts": 0})
)
vpc = boto3.client("ec2", endpoint_url=sys.argv[1]).describe_vpcs()["Vpcs"][0]["VpcId"]


def done(answer, status="SUCCESS"):
    for _ in range(200):
        operation = client.get_operation(OperationId=answer["OperationId"])["Operation"]
        if operation["Status"] in ("SUCCESS", "FAIL"):
            assert operation["Status"] == status, operation
            return operation
        time.sleep(0.01)
    raise AssertionError(operation)


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        assert isinstance(error, getattr(client.exceptions, code)), type(error)
        return error.response
    raise AssertionError(f"{code} expected")


namespace = done(client.create_private_dns_namespace(Name="walk.internal", Vpc=vpc))["Targets"]["NAMESPACE"]
shown = client.get_namespace(Id=namespace)["Namespace"]
assert shown["Arn"].endswith(f":namespace/{namespace}"), shown
assert shown["Properties"]["DnsProperties"]["SOA"] == {"TTL": 15}, shown
assert shown["Properties"]["DnsProperties"]["HostedZoneId"].startswith("Z"), shown

service = client.create_service(
    Name="_db._tcp",
    NamespaceId=namespace,
    DnsConfig={"DnsRecords": [{"Type": "SRV", "TTL": 5}]},
    HealthCheckCustomConfig={"FailureThreshold": 1},
)["Service"]
assert service["DnsConfig"]["RoutingPolicy"] == "MULTIVALUE", service
assert service["Type"] == "DNS_HTTP", service
refused("InvalidInput", client.register_instance, ServiceId=service["Id"], InstanceId="a", Attributes={"AWS_INSTANCE_IPV4": "10.0.0.1"})
for name, ip in (("a", "10.0.0.1"), ("b", "10.0.0.2")):
    done(client.register_instance(ServiceId=service["Id"], InstanceId=name, Attributes={"AWS_INSTANCE_IPV4": ip, "AWS_INSTANCE_PORT": "5432"}))
client.update_instance_custom_health_status(ServiceId=service["Id"], InstanceId="a", Status="UNHEALTHY")
status = client.get_instances_health_status(ServiceId=service["Id"])["Status"]
assert status == {"a": "UNHEALTHY", "b": "HEALTHY"}, status


def discovered(**arguments):
    found = client.discover_instances(NamespaceName="walk.internal", ServiceName="_db._tcp", **arguments)
    return [each["InstanceId"] for each in found["Instances"]]


assert discovered() == ["b"], discovered()
assert discovered(HealthStatus="UNHEALTHY") == ["a"]
assert discovered(HealthStatus="ALL") == ["a", "b"]
assert discovered(HealthStatus="ALL", QueryParameters={"AWS_INSTANCE_IPV4": "10.0.0.2"}) == ["b"]
assert discovered(HealthStatus="ALL", OptionalParameters={"none": "such"}) == ["a", "b"]
assert discovered(HealthStatus="ALL", MaxResults=1) == ["a"]
client.update_instance_custom_health_status(ServiceId=service["Id"], InstanceId="b", Status="UNHEALTHY")
assert discovered(HealthStatus="HEALTHY") == []
assert discovered(HealthStatus="HEALTHY_OR_ELSE_ALL") == ["a", "b"]

refused("ResourceInUse", client.delete_namespace, Id=namespace)
refused("ResourceInUse", client.delete_service, Id=service["Id"])
taken = refused("ServiceAlreadyExists", client.create_service, Name="_DB._tcp", NamespaceId=namespace, DnsConfig={"DnsRecords": [{"Type": "A", "TTL": 5}]})
assert taken["ServiceId"] == service["Id"], taken
pages = client.get_paginator("list_instances").paginate(ServiceId=service["Id"], PaginationConfig={"PageSize": 1})
assert [each["Id"] for page in pages for each in page["Instances"]] == ["a", "b"]
for name in ("a", "b"):
    done(client.deregister_instance(ServiceId=service["Id"], InstanceId=name))
refused("InstanceNotFound", client.get_instance, ServiceId=service["Id"], InstanceId="a")
client.delete_service(Id=service["Id"])
done(client.delete_namespace(Id=namespace))
refused("NamespaceNotFound", client.get_namespace, Id=namespace)
