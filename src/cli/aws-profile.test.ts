import { lstatSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  awsFiles,
  ensureProfile,
  hasKeysElsewhere,
  profilesWithKey,
  removeProfile,
  replaceKey,
  writeProfile,
  type AwsFiles,
} from "./aws-profile.ts";
import { removeSection, sectionsOf, setInSection } from "./ini.ts";

describe("removing a section", () => {
  test.each([
    ["the only one", "[x]\na = b\n", ""],
    ["the last one", "[y]\nc = d\n\n[x]\na = b\n", "[y]\nc = d\n"],
    ["the first one", "# top\n[x]\na = b\n\n[y]\nc = d\n", "# top\n[y]\nc = d\n"],
    ["one that is not there", "[xy]\na = b\n", "[xy]\na = b\n"],
  ])("%s", (_, before, after) => {
    expect(removeSection(before, "x")).toBe(after);
  });

  test("the names of sections", () => {
    expect(sectionsOf('[default]\n# [no]\n[profile "x"] # c\n')).toEqual(["default", "profile x"]);
  });
});

describe("setting values in a section", () => {
  const values = { region: "us-east-1", endpoint_url: "http://h:1" };
  const pairs = "region = us-east-1\nendpoint_url = http://h:1\n";
  test.each([
    ["an empty file", "", `[profile x]\n${pairs}`],
    ["a file with another section", "[default]\nregion=a", `[default]\nregion=a\n\n[profile x]\n${pairs}`],
    ["an empty section", "[profile x]\n\n[other]\n", `[profile x]\n${pairs}\n[other]\n`],
    [
      "old values",
      "[profile x]\nendpoint_url=z\nregion = y\n",
      "[profile x]\nendpoint_url = http://h:1\nregion = us-east-1\n",
    ],
    [
      "equal values, spelt otherwise",
      "[profile x]\nregion=us-east-1\nendpoint_url=http://h:1\n",
      "[profile x]\nregion=us-east-1\nendpoint_url=http://h:1\n",
    ],
    [
      "comments and other settings",
      "# a\n[profile x] # b\noutput = json\n# c\n\n# d\n[y]\n",
      `# a\n[profile x] # b\noutput = json\n${pairs}# c\n\n# d\n[y]\n`,
    ],
    [
      "a nested value in the way",
      "[profile x]\nregion =\n  a = b\n  c = d\ns3 =\n  e = f\n",
      "[profile x]\nregion = us-east-1\ns3 =\n  e = f\nendpoint_url = http://h:1\n",
    ],
    ["a quoted name", '[profile "x"]\n', `[profile "x"]\n${pairs}`],
    ["a longer name", "[profile xy]\nregion = b\n", `[profile xy]\nregion = b\n\n[profile x]\n${pairs}`],
  ])("%s", (_, before, after) => {
    expect(setInSection(before, "profile x", values)).toBe(after);
    expect(setInSection(after, "profile x", values)).toBe(after);
  });
});

describe("the profile files", () => {
  const settings = {
    endpoint: "http://127.0.0.1:4566",
    region: "us-east-1",
    accessKeyId: "AKIA",
    secretAccessKey: "s+/=",
  };
  let home: string;
  let files: AwsFiles;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "neargate-aws-"));
    files = awsFiles({ HOME: home })!;
  });
  afterEach(() => rmSync(home, { recursive: true }));

  test("are made when missing, readable by their owner only", () => {
    expect(writeProfile(files, "neargate", settings)).toBe(true);
    expect(readFileSync(files.config, "utf8")).toBe(
      "[profile neargate]\nregion = us-east-1\nendpoint_url = http://127.0.0.1:4566\ndisable_host_prefix_injection = true\n",
    );
    expect(readFileSync(files.credentials, "utf8")).toBe(
      "[neargate]\naws_access_key_id = AKIA\naws_secret_access_key = s+/=\n",
    );
    expect(statSync(files.credentials).mode & 0o777).toBe(0o600);
    expect(writeProfile(files, "neargate", settings)).toBe(false);
  });

  test("the default profile has its own spelling", () => {
    writeProfile(files, "default", settings);
    expect(readFileSync(files.config, "utf8")).toMatch(/^\[default\]\n/);
  });

  test("other places, links and modes are honoured", () => {
    writeFileSync(join(home, "dotfile"), "[profile a]\n", { mode: 0o644 });
    symlinkSync(join(home, "dotfile"), join(home, "config"));
    files = awsFiles({ AWS_CONFIG_FILE: join(home, "config"), AWS_SHARED_CREDENTIALS_FILE: join(home, "keys") })!;
    writeProfile(files, "neargate", settings);
    expect(lstatSync(files.config).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(home, "dotfile"), "utf8")).toMatch(/^\[profile a\]\n\n\[profile neargate\]\n/);
    expect(statSync(join(home, "dotfile")).mode & 0o777).toBe(0o644);
  });

  test("a first start writes a missing profile and renews an old key, but leaves a profile that leads elsewhere", () => {
    expect(ensureProfile(files, "neargate", settings)).toBe("written");
    expect(ensureProfile(files, "neargate", settings)).toBe("unchanged");
    expect(ensureProfile(files, "neargate", { ...settings, accessKeyId: "AKIB", region: "eu-west-1" })).toBe("written");
    expect(readFileSync(files.credentials, "utf8")).toContain("AKIB");
    expect(readFileSync(files.config, "utf8")).toContain("us-east-1");
    expect(ensureProfile(files, "neargate", { ...settings, endpoint: "http://127.0.0.1:1" })).toBe("foreign");
    const moved = { ...settings, accessKeyId: "AKIB", endpoint: "http://127.0.0.1:2" };
    expect(ensureProfile(files, "neargate", moved)).toBe("written");
    expect(readFileSync(files.config, "utf8")).toContain("127.0.0.1:2");
  });

  test("a key is found in all profiles that have it, replaced there, and goes with its profile", () => {
    writeProfile(files, "neargate", settings);
    writeProfile(files, "neargate-bob", { ...settings, accessKeyId: "AKIB" });
    writeProfile(files, "copy", { ...settings, endpoint: "http://127.0.0.1:1", accessKeyId: "AKIB" });
    expect(profilesWithKey(files, "AKIB")).toEqual(["neargate-bob", "copy"]);
    replaceKey(files, "copy", { accessKeyId: "AKIC", secretAccessKey: "t" });
    expect(profilesWithKey(files, "AKIB")).toEqual(["neargate-bob"]);
    expect(hasKeysElsewhere(files, "copy", settings.endpoint)).toBe(true);
    expect(hasKeysElsewhere(files, "neargate-bob", settings.endpoint)).toBe(false);
    expect(hasKeysElsewhere(files, "none", settings.endpoint)).toBe(false);
    removeProfile(files, "neargate-bob");
    expect(readFileSync(files.config, "utf8")).not.toContain("bob");
    expect(readFileSync(files.credentials, "utf8")).toMatch(/^\[neargate\][^[]*\[copy\][^[]*$/);
  });
});
