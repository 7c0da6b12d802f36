import type { ImageConfig } from "../../backend.ts";

/** Docker's default, for images that set none. */
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * What is run: the task definition's entry point and command over the image's. An own entry point also drops the
 * image's command. Empty when there is neither.
 */
export function processArgs(
  image: Pick<ImageConfig, "entrypoint" | "command">,
  own: { entryPoint?: string[]; command?: string[] },
): string[] {
  const entryPoint = own.entryPoint?.length ? own.entryPoint : undefined;
  const command = own.command?.length ? own.command : undefined;
  if (entryPoint) return [...entryPoint, ...(command ?? [])];
  return [...image.entrypoint, ...(command ?? image.command)];
}

/** The environment in Docker's order: PATH, HOSTNAME, the image's, the container's own. */
export function processEnv(imageEnv: string[], own: Record<string, string>, hostname: string): string[] {
  const merged = new Map([
    ["PATH", DEFAULT_PATH],
    ["HOSTNAME", hostname],
  ]);
  for (const entry of imageEnv) {
    const equals = entry.indexOf("=");
    if (equals > 0) merged.set(entry.slice(0, equals), entry.slice(equals + 1));
  }
  for (const [name, value] of Object.entries(own)) merged.set(name, value);
  return [...merged].map(([name, value]) => `${name}=${value}`);
}
