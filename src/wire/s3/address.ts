import type { RestAddress } from "../rest-dialect.ts";

/** Names under which S3's own hosts begin: `s3`, `s3-eu-west-1`. */
const S3_LABEL = /^s3(-[a-z0-9-]+)?$/;
/** What may stand behind the bucket's name, besides AWS's domains: names that lead to this machine. */
const LOCAL = /^localhost(\.localdomain)?$/;
const AMAZON = /(^|\.)amazonaws\.com(\.cn)?$/;

/**
 * The bucket that a host names, for virtual-hosted addressing: `BUCKET.s3.REGION.amazonaws.com`, `BUCKET.s3.localhost`,
 * `BUCKET.localhost`. Any other host is S3 itself, and the bucket is in the path.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 * @param host with or without a port
 */
export function bucketOfHost(host: string): string | undefined {
  const name = host.toLowerCase().replace(/:\d+$/, "").replace(/\.$/, "");
  if (/^\[|^\d+(\.\d+){3}$/.test(name)) return undefined;
  const labels = name.split(".");
  // From the right: the bucket's name may have dots, and labels that look like S3's.
  for (let at = labels.length - 1; at > 0; at--) {
    if (!S3_LABEL.test(labels[at]!)) continue;
    const domain = labels.slice(at + 1).join(".");
    if (AMAZON.test(domain) || LOCAL.test(domain.replace(/^[a-z0-9-]+\.(?=localhost)/, "")))
      return labels.slice(0, at).join(".");
  }
  if (S3_LABEL.test(labels[0]!)) return undefined;
  const local = /^(.+?)\.localhost(\.localdomain)?$/.exec(name);
  return local?.[1];
}

/** Whether the host is a name that only S3 has. */
export function isS3Host(host: string): boolean {
  const name = host.toLowerCase().replace(/:\d+$/, "");
  return bucketOfHost(host) !== undefined || /^s3[.-]/.test(name);
}

/** Bucket and key of a request, as labels, and the path without the bucket. */
export function s3Address(host: string, path: string): RestAddress {
  const hosted = bucketOfHost(host);
  if (hosted !== undefined) return { path, labels: { Bucket: hosted } };
  const slash = path.indexOf("/", 1);
  const bucket = slash < 0 ? path.slice(1) : path.slice(1, slash);
  if (!bucket) return { path, labels: {} };
  return { path: slash < 0 ? "/" : path.slice(slash), labels: { Bucket: bucket } };
}
