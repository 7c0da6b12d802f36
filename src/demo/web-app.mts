/**
 * The demo's application, run as it is by the Node.js in its image. It shows which task answered; every request is a
 * line in the log.
 */
import { createServer } from "node:http";
import { hostname, networkInterfaces } from "node:os";

const PORT = 8080;

/** What the task metadata endpoint tells, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html */
interface TaskMetadata {
  TaskARN?: string;
  AvailabilityZone?: string;
  Family?: string;
  Revision?: string;
}

async function readMetadata(): Promise<TaskMetadata> {
  const uri = process.env["ECS_CONTAINER_METADATA_URI_V4"];
  if (!uri) return {};
  try {
    const response = await fetch(`${uri}/task`, { signal: AbortSignal.timeout(2000) });
    return response.ok ? ((await response.json()) as TaskMetadata) : {};
  } catch {
    return {};
  }
}

const metadata = await readMetadata();
const addresses = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .filter((address) => address.family === "IPv4" && !address.internal && !address.address.startsWith("169.254."))
  .map((address) => address.address);
const facts: Record<string, string | undefined> = {
  Task: metadata.TaskARN?.split("/").at(-1),
  Hostname: hostname(),
  "Private IP": addresses.join(", "),
  Zone: metadata.AvailabilityZone,
  Revision: metadata.Family && `${metadata.Family}:${metadata.Revision}`,
  Image: process.env["DEMO_IMAGE"],
  Node: process.version,
};
let requests = 0;

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function page(): string {
  const rows = Object.entries({ ...facts, "Requests so far": String(requests) })
    .filter(([, value]) => value)
    .map(([name, value]) => `<dt>${name}</dt><dd>${escaped(value ?? "")}</dd>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Neargate demo</title>
<style>
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 16px/1.5 system-ui, sans-serif;
         background: linear-gradient(135deg, #10243e, #1f5f8b); color: #10243e }
  main { background: #fff; border-radius: 16px; padding: 2.5rem 3rem; max-width: 40rem; box-shadow: 0 20px 60px #0006 }
  h1 { margin: 0 0 .25rem; font-size: 1.6rem } p { margin: 0 0 1.5rem; color: #567 }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .4rem 1.5rem; margin: 0 }
  dt { color: #567 } dd { margin: 0; font-family: ui-monospace, monospace; overflow-wrap: anywhere }
</style>
<main>
  <h1>It runs.</h1>
  <p>A Fargate task, on a machine of yours, answered this request.</p>
  <dl>${rows.join("")}</dl>
</main>
</html>
`;
}

const server = createServer((request, response) => {
  requests++;
  console.log(`${request.method} ${request.url} from ${request.socket.remoteAddress} (request ${requests})`);
  if (request.url === "/json") {
    response.setHeader("content-type", "application/json");
    response.end(`${JSON.stringify({ ...facts, requests })}\n`);
  } else {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(page());
  }
});
server.listen(PORT, () => console.log(`listening on port ${PORT} of ${addresses.join(", ") || "localhost"}`));

process.on("SIGTERM", () => {
  console.log("SIGTERM: finishing");
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
