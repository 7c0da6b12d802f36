import { Command } from "commander";
import { VERSION } from "../../version.ts";
import { say, sayJson } from "../output.ts";

/** `neargate version` */
export function versionCommand(): Command {
  return new Command("version")
    .description("show the version")
    .option("--json", "print JSON")
    .action(({ json }: { json?: true }) => {
      if (json) sayJson({ version: VERSION, node: process.versions.node });
      else say(`neargate ${VERSION} (Node.js ${process.versions.node})`);
    });
}
