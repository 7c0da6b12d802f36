/* What CloudTrail says of operations, https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html */

/** What only reads, as far as names tell. */
const READING = /^(Get|List|Describe|Lookup|Head|Search|Simulate|Filter|Test|Validate|Verify|BatchGet|BatchCheck)/;

/** What reads and is not called so: the use of a key changes nothing. */
const ALSO_READING: Readonly<Record<string, ReadonlySet<string>>> = {
  kms: new Set([
    "Decrypt",
    "DeriveSharedSecret",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateMac",
    "GenerateRandom",
    "ReEncrypt",
    "Sign",
  ]),
  sts: new Set(["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "DecodeAuthorizationMessage"]),
  iam: new Set(["GenerateCredentialReport", "GenerateServiceLastAccessedDetails"]),
  logs: new Set(["StartQuery", "StartLiveTail"]),
};

/** Data events, which the event history does not have: what is done with content, not with resources. */
const DATA: Readonly<Record<string, RegExp>> = {
  s3: /Object(?!LockConfiguration)|MultipartUpload|^UploadPart|^ListParts$/,
  logs: /^(PutLogEvents|GetLogEvents|FilterLogEvents|GetLogRecord|StartLiveTail)$/,
  servicediscovery: /^DiscoverInstances/,
  cloudwatch: /^(PutMetricData|GetMetricData|GetMetricStatistics|ListMetrics)$/,
};

/** Whether a call changes nothing. */
export function isReadOnly(service: string, operation: string): boolean {
  return READING.test(operation) || (ALSO_READING[service]?.has(operation) ?? false);
}

/** Whether a call is one of the events that LookupEvents tells. */
export function isManagementEvent(service: string, operation: string): boolean {
  return !DATA[service]?.test(operation);
}
