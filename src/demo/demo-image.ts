import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createImage, createLayer, type LayerEntry, type OciImage } from "./oci-image.ts";
import { sharedLibraries } from "./shared-libraries.ts";

const APP = fileURLToPath(new URL("web-app.mts", import.meta.url));

/**
 * Builds the demo's image from what is on this machine: the Node.js that runs this, with its libraries, and the
 * application, run by an ordinary user.
 */
export async function buildDemoImage(cacheFolder: string): Promise<OciImage> {
  const libraries = await sharedLibraries(process.execPath);
  const runtime: LayerEntry[] = [
    { path: "/etc/passwd", content: "root:x:0:0:root:/:/bin/false\nnode:x:1000:1000::/app:/bin/false\n" },
    { path: "/etc/group", content: "root:x:0:\nnode:x:1000:\n" },
    { path: "/tmp", mode: 0o1777 },
    ...libraries.map((path) => ({ path, file: path, mode: 0o755 })),
    { path: "/usr/bin/node", file: process.execPath, mode: 0o755 },
  ];
  const layers = [
    await createLayer(runtime, join(cacheFolder, "layers")),
    await createLayer([{ path: "/app/web-app.mts", file: APP }], join(cacheFolder, "layers")),
  ];
  return createImage(layers, {
    Entrypoint: ["/usr/bin/node"],
    Cmd: ["/app/web-app.mts"],
    Env: ["PATH=/usr/bin", "NODE_ENV=production"],
    WorkingDir: "/app",
    User: "node",
    ExposedPorts: { "8080/tcp": {} },
  });
}
