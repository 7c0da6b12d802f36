import { Command } from "commander";
import { messageOf } from "../../base/errors.ts";
import type { PullProgress } from "../../engine.ts";
import { say, sayJson } from "../output.ts";
import { adminOf, requireEngine } from "../running-engine.ts";
import { addSettings, loadFromFlags, WHICH_ENGINE } from "../settings-options.ts";

const MIB = 1024 ** 2;

/** `neargate pull IMAGE…`: makes images present, so that the first task that wants them need not wait. */
export function pullCommand(): Command {
  const command = new Command("pull")
    .description("fetch and unpack images ahead of their first task")
    .argument("<image...>", "as in a task definition");
  return addSettings(command, WHICH_ENGINE)
    .option("--json", "print JSON")
    .action(async (images: string[], { json }: { json?: true }) => {
      const loaded = loadFromFlags(command);
      await requireEngine(loaded);
      const client = adminOf(loaded.config);
      const pulled: ({ image: string; digest: string } | { image: string; error: string })[] = [];
      for (const image of images) {
        const shown = new ProgressLine(image);
        try {
          const digest = await client.pull(image, (progress) => shown.show(progress)).finally(() => shown.clear());
          pulled.push({ image, digest });
          if (!json) say(`${image}  ${digest}`);
        } catch (cause) {
          pulled.push({ image, error: messageOf(cause) });
          if (!json) process.stderr.write(`neargate: ${messageOf(cause)}\n`);
          process.exitCode = 1;
        }
      }
      if (json) sayJson(pulled);
    });
}

/** One line on the terminal's standard error that is written over; nothing where nobody watches. */
class ProgressLine {
  private readonly image: string;

  constructor(image: string) {
    this.image = image;
  }

  show({ layers }: PullProgress): void {
    if (!process.stderr.isTTY) return;
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    const wanted = layers.filter(({ status, received }) => status !== "present" || received > 0);
    const present = layers.filter(({ status }) => status === "present").length;
    const received = (sum(wanted.map((layer) => layer.received)) / MIB).toFixed(1);
    const size = (sum(wanted.map((layer) => layer.size)) / MIB).toFixed(1);
    process.stderr.write(`\r\x1b[K${this.image}: ${present} of ${layers.length} layers, ${received} of ${size} MiB`);
  }

  clear(): void {
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  }
}
