/** A program as its author would write it: stock AWS SDKs, nothing configured. */
import { ECSClient, ListClustersCommand } from "@aws-sdk/client-ecs";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const identity = await new STSClient({}).send(new GetCallerIdentityCommand({}));
const { clusterArns } = await new ECSClient({}).send(new ListClustersCommand({}));
const path = process.env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
const credentials = await (await fetch(`http://169.254.170.2${path}`)).json();
console.log(JSON.stringify({ identity, clusterArns, path, credentials }));
process.once("SIGTERM", () => process.exit());
setInterval(() => {}, 1000);
