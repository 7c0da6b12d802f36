import { Command } from "commander";
import { readEngineFile, writeEngineFile } from "../../admin/engine-file.ts";
import { readMasterKeySource } from "../../config.ts";
import { rotateMasterKey } from "../../keyring/open-keyring.ts";
import { say } from "../output.ts";
import { withLastSettings } from "../running-engine.ts";
import { addSettings, loadFromFlags } from "../settings-options.ts";

interface RotateFlags {
  newFile?: string;
  newCommand?: string;
  newPkcs11?: string;
}

const FLAGS = { masterKeyFile: "--new-file", masterKeyCommand: "--new-command", masterKeyPkcs11: "--new-pkcs11" };

/** `neargate master-key`: the key that seals the secrets of a data folder. */
export function masterKeyCommand(): Command {
  const command = new Command("master-key")
    .description("replace the key that seals all secrets of the data folder")
    .configureHelp({ showGlobalOptions: true });
  addSettings(command, ["data", "port", "ephemeral", "masterKeyFile", "masterKeyCommand", "masterKeyPkcs11"]);
  command
    .command("rotate")
    .description("put another master key in place of the one that is set; the engine may be running")
    .option("--new-file <path>", "the new key's file; it is made if it is not there")
    .option("--new-command <command>", "a program that prints the new key")
    .option("--new-pkcs11 <uri>", "the new key in a token")
    .action(async ({ newFile, newCommand, newPkcs11 }: RotateFlags) => {
      const { config } = withLastSettings(loadFromFlags(command)).loaded;
      const typed = { masterKeyFile: newFile, masterKeyCommand: newCommand, masterKeyPkcs11: newPkcs11 };
      const next = readMasterKeySource(typed, config.dataFolder, FLAGS);
      const { id, place } = await rotateMasterKey(config, next);
      // The next start of an engine that runs, or left tasks, is as the last.
      const engine = readEngineFile(config.dataFolder);
      if (engine) writeEngineFile({ ...engine, config: { ...engine.config, masterKey: next } });
      say(`The secrets in ${config.dataFolder} are sealed under master key ${id} (${place}).`);
      if (next.kind !== "own" || config.masterKey.kind !== "own")
        say("Starts of the engine need the setting that names it from now on, and no longer the former one.");
    });
  return command;
}
