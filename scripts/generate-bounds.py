#!/usr/bin/python3
"""Writes generated/bounds/SERVICE.json: what AWS's models say of inputs and the SDK's schemas leave out.

Lengths, ranges, patterns and number types come from botocore's models (Debian: python3-botocore). Enums come from the
type declarations of the installed @aws-sdk clients, which are newer; only the enum's name is written, and its values
are read from the client at run time. See generated/README.md.

usage: scripts/generate-bounds.py [BOTOCORE_DATA_FOLDER]
"""

import gzip
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DEFAULT_DATA = "/usr/lib/python3/dist-packages/botocore/data"

# Service, botocore's name of its model, SDK client.
SERVICES = [
    ("ecs", "ecs", "client-ecs"),
    ("ecr", "ecr", "client-ecr"),
    ("ec2", "ec2", "client-ec2"),
    ("logs", "logs", "client-cloudwatch-logs"),
    ("servicediscovery", "servicediscovery", "client-servicediscovery"),
    ("s3", "s3", "client-s3"),
    ("efs", "efs", "client-efs"),
    ("sts", "sts", "client-sts"),
    ("iam", "iam", "client-iam"),
    ("kms", "kms", "client-kms"),
    ("secretsmanager", "secretsmanager", "client-secrets-manager"),
    ("ssm", "ssm", "client-ssm"),
    ("cloudtrail", "cloudtrail", "client-cloudtrail"),
    ("cloudwatch", "cloudwatch", "client-cloudwatch"),
]

ARN = {"max": 255}
ACCOUNT = {"min": 12, "max": 12}
HTTP_NAME = {"max": 1024, "pattern": "^[!-~]{1,1024}$"}
SERVICE_NAME = {
    "pattern": r"((?=^.{1,127}$)^([a-zA-Z0-9_][a-zA-Z0-9-_]{0,61}[a-zA-Z0-9_]|[a-zA-Z0-9])(\.([a-zA-Z0-9_][a-zA-Z0-9-_]{0,61}[a-zA-Z0-9_]|[a-zA-Z0-9]))*$)|(^\.$)"
}

# What AWS's API reference says and Debian's models are too old for: Cloud Map takes ARNs for ids since it shares namespaces.
NEWER = {
    "servicediscovery": {
        "CreateHttpNamespaceRequest.Name": {"max": 1024, "pattern": "^(?!arn:)[!-~]{1,1024}$"},
        "CreatePrivateDnsNamespaceRequest.Name": {"max": 253, "pattern": "^(?!arn:)[!-~]{1,253}$"},
        "CreateServiceRequest.NamespaceId": ARN,
        "DeleteNamespaceRequest.Id": ARN,
        "DeleteServiceAttributesRequest.Attributes": {"min": 1, "max": 30},
        "DeleteServiceAttributesRequest.Attributes[]": {"max": 255},
        "DeleteServiceAttributesRequest.ServiceId": ARN,
        "DeleteServiceRequest.Id": ARN,
        "DeregisterInstanceRequest.ServiceId": ARN,
        "DiscoverInstancesRequest.NamespaceName": HTTP_NAME,
        "DiscoverInstancesRequest.OwnerAccount": ACCOUNT,
        "DiscoverInstancesRevisionRequest.NamespaceName": HTTP_NAME,
        "DiscoverInstancesRevisionRequest.OwnerAccount": ACCOUNT,
        "DiscoverInstancesRevisionRequest.ServiceName": SERVICE_NAME,
        "GetInstanceRequest.ServiceId": ARN,
        "GetInstancesHealthStatusRequest.ServiceId": ARN,
        "GetNamespaceRequest.Id": ARN,
        "GetOperationRequest.OperationId": {"max": 255},
        "GetOperationRequest.OwnerAccount": ACCOUNT,
        "GetServiceAttributesRequest.ServiceId": ARN,
        "GetServiceRequest.Id": ARN,
        "ListInstancesRequest.ServiceId": ARN,
        "RegisterInstanceRequest.ServiceId": ARN,
        "UpdateHttpNamespaceRequest.Id": ARN,
        "UpdateInstanceCustomHealthStatusRequest.ServiceId": ARN,
        "UpdatePrivateDnsNamespaceRequest.Id": ARN,
        "UpdatePublicDnsNamespaceRequest.Id": ARN,
        "UpdateServiceAttributesRequest.Attributes": {"min": 1, "max": 30},
        "UpdateServiceAttributesRequest.Attributes{key}": {"max": 255},
        "UpdateServiceAttributesRequest.Attributes{}": {"max": 1024},
        "UpdateServiceAttributesRequest.ServiceId": ARN,
        "UpdateServiceRequest.Id": ARN,
    },
}

# Enums of which AWS takes more values than its model lists: the operations check them.
OPEN_ENUMS = {"ec2": {"AccountAttributeName"}}

NUMBERS = {"integer": "Integer", "long": "Long", "float": "Float", "double": "Double"}


def botocore_model(data, name):
    version = sorted((data / name).iterdir())[-1]
    for path, opener in ((version / "service-2.json.gz", gzip.open), (version / "service-2.json", open)):
        if path.exists():
            with opener(path, "rt") as file:
                return json.load(file)
    raise SystemExit(f"{version} holds no service-2.json")


def bound_of(shape):
    """The constraints of a scalar, list or map shape itself."""
    bound = {key: shape[key] for key in ("min", "max", "pattern") if key in shape}
    if shape["type"] in NUMBERS:
        bound["number"] = NUMBERS[shape["type"]]
    elif bound.get("min") == 0:
        del bound["min"]
    return bound


def botocore_bounds(model):
    """Bounds by place, of all structures that are reachable from an operation's input."""
    shapes, bounds, seen = model["shapes"], {}, set()

    def visit(name, place):
        shape = shapes[name]
        kind = shape["type"]
        if kind == "structure":
            if name in seen:
                return
            seen.add(name)
            for member, reference in shape.get("members", {}).items():
                visit(reference["shape"], f"{name}.{member}")
            return
        bound = bound_of(shape)
        if bound and place:
            bounds[place] = bound
        if kind == "list":
            visit(shape["member"]["shape"], f"{place}[]")
        elif kind == "map":
            visit(shape["key"]["shape"], f"{place}{{key}}")
            visit(shape["value"]["shape"], f"{place}{{}}")

    for operation in model["operations"].values():
        if "input" in operation:
            visit(operation["input"]["shape"], "")
    return bounds


INTERFACE = re.compile(r"^export interface (\w+)(?: extends (\w+))? \{\n(.*?)^\}", re.M | re.S)
MEMBER = re.compile(r"^    (\w+)\??: (.+);$", re.M)
ENUM = re.compile(r"^export declare const (\w+): \{", re.M)


def sdk_enums(client):
    """Enum names by place, of all interfaces that are reachable from a command's input."""
    types = ROOT / "node_modules" / "@aws-sdk" / client / "dist-types"
    enums = set(ENUM.findall((types / "models" / "enums.d.ts").read_text())) if (types / "models" / "enums.d.ts").exists() else set()
    interfaces = {}
    for path in sorted((types / "models").glob("models_*.d.ts")):
        for name, _, body in INTERFACE.findall(path.read_text()):
            interfaces[name] = MEMBER.findall(body)
    places, seen = {}, set()

    def visit(name):
        if name in seen or name not in interfaces:
            return
        seen.add(name)
        for member, declared in interfaces[name]:
            place = f"{name.lstrip('_')}.{member}"
            kind = declared.removesuffix(" | undefined").strip()
            while True:
                if kind.endswith("[]"):
                    kind, place = kind[:-2].strip("()").strip(), place + "[]"
                elif match := re.fullmatch(r"(?:Partial<)?Record<(\w+), (.+?)>?>", kind):
                    if match[1] in enums:
                        places[place + "{key}"] = match[1]
                    kind, place = match[2], place + "{}"
                else:
                    break
            if kind in enums:
                places[place] = kind
            else:
                visit(kind)

    for path in sorted((types / "commands").glob("*.d.ts")):
        for name, parent, _ in INTERFACE.findall(path.read_text()):
            if name.endswith("CommandInput") and parent:
                visit(parent)
    return places


def main():
    data = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else DEFAULT_DATA)
    target = ROOT / "generated" / "bounds"
    target.mkdir(parents=True, exist_ok=True)
    for service, model, client in SERVICES:
        bounds = botocore_bounds(botocore_model(data, model))
        bounds |= NEWER.get(service, {})
        open_enums = OPEN_ENUMS.get(service, set())
        enums = {place: enum for place, enum in sdk_enums(client).items() if enum not in open_enums}
        for place, enum in enums.items():
            bounds[place] = {"enum": enum}
        lines = [f"  {json.dumps(place)}: {json.dumps(bounds[place], ensure_ascii=False)}" for place in sorted(bounds)]
        (target / f"{service}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
        print(f"{service}: {len(bounds)} places, {len(enums)} of them enums")


if __name__ == "__main__":
    main()
