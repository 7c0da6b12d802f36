import type { Command } from "commander";
import { loadConfig, processSources, type LoadedConfig } from "../config.ts";
import { flagOf, SETTING_NAMES, SETTINGS, type SettingName } from "../settings.ts";

/** The settings that say which engine is meant. */
export const WHICH_ENGINE: readonly SettingName[] = ["data", "port", "ephemeral"];

/** Gives a command the flags of settings, and `--config`. */
export function addSettings(command: Command, names: readonly SettingName[] = SETTING_NAMES): Command {
  for (const name of names) command.option(SETTINGS[name].flag, SETTINGS[name].help);
  return command.option("--config <file>", "read settings from this file (default: neargate.json in the data folder)");
}

/** Reads all settings for a command made by {@link addSettings}. @throws ConfigError */
export function loadFromFlags(command: Command): LoadedConfig {
  return loadConfig(processSources(command.opts()));
}

/** What was typed, as flags again: for the process of a detached engine, which reads environment and files itself. */
export function typedFlags(command: Command): string[] {
  const typed = command.opts<Partial<Record<SettingName | "config", string | true>>>();
  return [...SETTING_NAMES, "config" as const].flatMap((name) => {
    const flag = name === "config" ? "--config" : flagOf(name);
    const value = typed[name];
    if (value === undefined) return [];
    return value === true ? [flag] : [flag, value];
  });
}
