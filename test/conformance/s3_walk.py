"""Debian's boto3 walks through S3: buckets, objects, parts, presigned URLs."""

import io
import sys
import urllib.error
import urllib.request

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint = sys.argv[1]
# Bodies and their chunks are signed on plain connections.
signed = Config(signature_version="s3v4", retries={"max_attempts": 0}, s3={"payload_signing_enabled": True})
s3 = boto3.client("s3", endpoint_url=endpoint, config=signed)
version2 = boto3.client("s3", endpoint_url=endpoint, config=Config(signature_version="s3"))
BUCKET = "boto3-bucket"


def code(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


region = s3.meta.region_name
where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
s3.create_bucket(Bucket=BUCKET, **where)
s3.get_waiter("bucket_exists").wait(Bucket=BUCKET)
assert (s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] or "us-east-1") == region
assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == [BUCKET]
assert code(s3.head_bucket, Bucket="no-such-bucket") == "404"
assert s3.get_bucket_versioning(Bucket=BUCKET).get("Status") is None
assert code(s3.get_bucket_policy, Bucket=BUCKET) == "NoSuchBucketPolicy"
assert code(s3.get_bucket_website, Bucket=BUCKET) == "NoSuchWebsiteConfiguration"
assert code(s3.put_bucket_policy, Bucket=BUCKET, Policy="{}") == "MalformedPolicy"
assert code(s3.create_bucket, Bucket="Not_Valid") in ("InvalidBucketName", "IllegalLocationConstraintException")

# An object of parts, up and down.
data = bytes(range(256)) * 4 * 1024 * 32  # 32 MiB
config = TransferConfig(multipart_threshold=8 << 20, multipart_chunksize=8 << 20)
s3.upload_fileobj(io.BytesIO(data), BUCKET, "big", Config=config, ExtraArgs={"Metadata": {"kind": "test"}})
head = s3.head_object(Bucket=BUCKET, Key="big")
assert head["ContentLength"] == len(data) and head["ETag"].endswith('-4"') and head["Metadata"] == {"kind": "test"}
back = io.BytesIO()
s3.download_fileobj(BUCKET, "big", back, Config=config)
assert back.getvalue() == data
assert s3.get_object(Bucket=BUCKET, Key="big", Range="bytes=8388600-8388620")["Body"].read() == data[8388600:8388621]

# Keys of all kinds, in pages.
keys = sorted(["a b/c+d%e", "ä/ö", "plain", "dir/1", "dir/2", "x\u0001y", "quo'te&<>"], key=lambda key: key.encode())
for key in keys:
    s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == key.encode(), key
pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, PaginationConfig={"PageSize": 2})
found = [entry["Key"] for page in pages for entry in page["Contents"]]
assert found == sorted(keys + ["big"], key=lambda key: key.encode()), found
one = s3.list_objects(Bucket=BUCKET, Delimiter="/", Prefix="d")
assert [entry["Prefix"] for entry in one["CommonPrefixes"]] == ["dir/"]

# Copies and tags.
s3.copy_object(Bucket=BUCKET, Key="copy", CopySource={"Bucket": BUCKET, "Key": "a b/c+d%e"})
assert s3.get_object(Bucket=BUCKET, Key="copy")["Body"].read() == b"a b/c+d%e"
s3.put_object_tagging(Bucket=BUCKET, Key="copy", Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})
assert s3.get_object_tagging(Bucket=BUCKET, Key="copy")["TagSet"] == [{"Key": "k", "Value": "v"}]

# Conditions.
etag = s3.head_object(Bucket=BUCKET, Key="plain")["ETag"]
assert code(s3.get_object, Bucket=BUCKET, Key="plain", IfNoneMatch=etag) == "304"
assert code(s3.get_object, Bucket=BUCKET, Key="plain", IfMatch='"other"') == "PreconditionFailed"
assert code(s3.get_object, Bucket=BUCKET, Key="plain", Range="bytes=100-") == "InvalidRange"
assert code(s3.put_object, Bucket=BUCKET, Key="plain", Body=b"x", ContentMD5="1B2M2Y8AsgTpgAmY7PhCfg==") == "BadDigest"
assert code(s3.put_object, Bucket=BUCKET, Key="plain", Body=b"x", StorageClass="GLACIER") == "NotImplemented"
assert code(s3.put_object, Bucket=BUCKET, Key="k" * 1025, Body=b"x") == "KeyTooLongError"
assert s3.get_object(Bucket=BUCKET, Key="plain")["Body"].read() == b"plain"

# Presigned, both ways. Old clients sign in a way that S3 has given up.
assert code(version2.list_objects_v2, Bucket=BUCKET) == "InvalidRequest"
put = s3.generate_presigned_url("put_object", {"Bucket": BUCKET, "Key": "signed"})
with urllib.request.urlopen(urllib.request.Request(put, b"by URL", method="PUT")) as answer:
    assert answer.status == 200
get = s3.generate_presigned_url("get_object", {"Bucket": BUCKET, "Key": "signed", "ResponseContentType": "text/x"})
with urllib.request.urlopen(get) as answer:
    assert answer.read() == b"by URL" and answer.headers["content-type"] == "text/x"
for wrong in (get.replace("/signed?", "/plain?"), f"{endpoint}/{BUCKET}/signed"):
    try:
        urllib.request.urlopen(wrong)
        raise AssertionError(wrong)
    except urllib.error.HTTPError as error:
        assert error.code in (403, 404)  # what is not signed may be for any service

# All of it goes.
assert code(s3.delete_bucket, Bucket=BUCKET) == "BucketNotEmpty"
objects = [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in s3.list_object_versions(Bucket=BUCKET)["Versions"]]
assert not s3.delete_objects(Bucket=BUCKET, Delete={"Objects": objects}).get("Errors")
s3.delete_bucket(Bucket=BUCKET)
s3.get_waiter("bucket_not_exists").wait(Bucket=BUCKET)
