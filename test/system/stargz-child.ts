import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { EmptySchema, timestampNow } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http2";
import { dirname, join } from "node:path";
import {
  Kind,
  Snapshots,
  type Info,
  InfoSchema,
} from "../../generated/containerd/services/snapshots/v1/snapshots_pb.ts";
import { MountSchema } from "../../generated/containerd/types/mount_pb.ts";
import { run } from "../../src/base/command.ts";

/*
 * Stands in for containerd-stargz-grpc where it is not installed: the same flags, the same protocol towards containerd.
 * A layer is fetched whole, and mounted as a file system of memory. What it has mounted stays when it is killed.
 */

const REMOTE = "containerd.io/snapshot/remote/stargz";
const flag = (name: string) => process.argv[process.argv.indexOf(name) + 1]!;
const root = join(flag("--root"), "snapshots");

interface Snapshot {
  info: Info;
  folder: string;
}

const snapshots = new Map<string, Snapshot>();
let count = 0;

function find(name: string): Snapshot {
  const found = snapshots.get(name);
  if (!found) throw new ConnectError(`snapshot ${name} does not exist`, Code.NotFound);
  return found;
}

function make(name: string, parent: string, kind: Kind, labels: Record<string, string>): Snapshot {
  const folder = join(root, String(++count));
  for (const part of ["fs", "work"]) mkdirSync(join(folder, part), { recursive: true });
  const info = create(InfoSchema, {
    name,
    parent,
    kind,
    labels,
    createdAt: timestampNow(),
    updatedAt: timestampNow(),
  });
  const made = { info, folder };
  snapshots.set(name, made);
  return made;
}

function mountsOf({ info, folder }: Snapshot): MessageInitShape<typeof MountSchema>[] {
  const below: string[] = [];
  for (let name = info.parent; name; name = find(name).info.parent) below.push(join(find(name).folder, "fs"));
  const upper = join(folder, "fs");
  if (below.length === 0) return [{ type: "bind", source: upper, options: ["rbind", "rw"] }];
  if (info.kind === Kind.VIEW && below.length === 1)
    return [{ type: "bind", source: below[0]!, options: ["rbind", "ro"] }];
  const writable = info.kind === Kind.VIEW ? [] : [`workdir=${join(folder, "work")}`, `upperdir=${upper}`];
  return [{ type: "overlay", source: "overlay", options: [...writable, `lowerdir=${below.join(":")}`] }];
}

async function remove(name: string): Promise<void> {
  const { folder } = find(name);
  snapshots.delete(name);
  await run("umount", [join(folder, "fs")]).catch(() => {}); // nothing was mounted there
  rmSync(folder, { recursive: true });
}

/** Fetches a layer with the token that anybody gets, and shows its files. */
async function fetchLayer(folder: string, labels: Record<string, string>): Promise<void> {
  const [host, ...path] = labels[`${REMOTE}.reference`]!.split("/");
  const repository = path.join("/").replace(/[:@].*$/, "");
  const url = `http://${host}/v2/${repository}/blobs/${labels[`${REMOTE}.digest`]}`;
  const { headers } = await fetch(url, { headers: { range: "bytes=0-1" } });
  const [, realm, service] = /realm="([^"]+)",service="([^"]+)"/.exec(headers.get("www-authenticate")!)!;
  const granted = await fetch(`${realm}?service=${service}&scope=repository:${repository}:pull`);
  const { token } = (await granted.json()) as { token: string };
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  await run("mount", ["-t", "tmpfs", "-o", "mode=755", "stargz", join(folder, "fs")]);
  const archive = join(folder, "layer.tar.gz");
  writeFileSync(archive, Buffer.from(await response.arrayBuffer()));
  await run("tar", ["-xzf", archive, "-C", join(folder, "fs")]);
}

const handler = connectNodeAdapter({
  routes: (router) =>
    router.service(Snapshots, {
      async prepare({ key, parent, labels }) {
        const made = make(key, parent, Kind.ACTIVE, labels);
        const wanted = labels["containerd.io/snapshot.ref"];
        if (wanted === undefined) return { mounts: mountsOf(made) };
        await fetchLayer(made.folder, labels);
        snapshots.delete(key);
        snapshots.set(wanted, { ...made, info: { ...made.info, name: wanted, kind: Kind.COMMITTED } });
        throw new ConnectError(`target snapshot "${wanted}": already exists`, Code.AlreadyExists);
      },
      view: ({ key, parent, labels }) => ({ mounts: mountsOf(make(key, parent, Kind.VIEW, labels)) }),
      mounts: ({ key }) => ({ mounts: mountsOf(find(key)) }),
      async remove({ key }) {
        await remove(key);
        return create(EmptySchema);
      },
      stat: ({ key }) => ({ info: find(key).info }),
      async *list() {
        yield { info: [...snapshots.values()].map(({ info }) => info) };
      },
      usage: () => ({ size: 0n, inodes: 0n }),
      cleanup: () => create(EmptySchema),
    }),
});

mkdirSync(dirname(flag("--address")), { recursive: true });
rmSync(flag("--address"), { force: true });
createServer(handler).listen(flag("--address"));
