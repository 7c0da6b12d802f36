import { expect, test } from "vitest";
import { shellWords, ShellWordsError } from "./shell-words.ts";

test.each<[string, string[]]>([
  ["", []],
  ["  ", []],
  ["/bin/sh", ["/bin/sh"]],
  ["ls  -l\t/tmp\n", ["ls", "-l", "/tmp"]],
  [`sh -c "echo a b"`, ["sh", "-c", "echo a b"]],
  [`sh -c 'echo "a" $HOME \\n'`, ["sh", "-c", 'echo "a" $HOME \\n']],
  [`echo "say \\"x\\" \\\\"`, ["echo", 'say "x" \\']],
  ["echo a\\ b", ["echo", "a b"]],
  [`a"b c"'d e'f`, ["ab cd ef"]],
  [`echo '' ""`, ["echo", "", ""]],
  ["echo a#b # not this", ["echo", "a#b"]],
  ["a # b\nc", ["a", "c"]],
  ["echo $(date) | cat", ["echo", "$(date)", "|", "cat"]],
])("%j", (line, words) => expect(shellWords(line)).toEqual(words));

test.each([`"open`, "'open", "end\\", `"a\\`])("%j has no end", (line) =>
  expect(() => shellWords(line)).toThrow(ShellWordsError),
);
