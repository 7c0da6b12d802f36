/** What a host name is made of; Cloud Map's names may also have underscores. */
const LABEL = /^[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?$/;
const MAX_NAME = 253;

/** Whether text is a name that a zone can hold; a final dot is allowed. */
export function isDnsName(text: string): boolean {
  const name = text.replace(/\.$/, "");
  return name.length <= MAX_NAME && name.split(".").every((label) => LABEL.test(label));
}

/** A namespace's name as a zone, without the final dot. */
export function zoneName(namespace: string): string {
  return namespace.replace(/\.$/, "").toLowerCase();
}

/** `backend.example.com`; the service named `.` has the name of its namespace. */
export function serviceHostName(service: string, namespace: string): string {
  return service === "." ? zoneName(namespace) : `${service}.${zoneName(namespace)}`;
}

/** `test.backend.example.com`: the host of one instance, which SRV records name. */
export function hostName(instanceId: string, service: string, namespace: string): string {
  return `${instanceId}.${serviceHostName(service, namespace)}`;
}
