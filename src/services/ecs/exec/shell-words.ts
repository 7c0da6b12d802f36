/** A command line that has no end. */
export class ShellWordsError extends Error {
  override name = "ShellWordsError";
}

/**
 * Splits a command line into words as a shell would, without expanding anything: quotes keep blanks, a backslash keeps
 * the character behind it (between double quotes too), and `#` at the start of a word begins a comment.
 * @throws ShellWordsError
 */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === "#" && word === undefined) {
      const end = line.indexOf("\n", at);
      at = end < 0 ? line.length : end;
    } else if (character === "\\") {
      if (++at >= line.length) throw new ShellWordsError("EOF found after escape character");
      word = (word ?? "") + line[at];
    } else if (character === "'" || character === '"') {
      const quoted = quotedText(line, at, character);
      word = (word ?? "") + quoted.text;
      at = quoted.end;
    } else word = (word ?? "") + character;
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** The text between quotes of which the first is at `start`, and where the last one is. */
function quotedText(line: string, start: number, quote: string): { text: string; end: number } {
  let text = "";
  for (let at = start + 1; at < line.length; at++) {
    const character = line[at]!;
    if (character === quote) return { text, end: at };
    if (character === "\\" && quote === '"') at++;
    text += line[at] ?? "";
  }
  throw new ShellWordsError("EOF found when expecting closing quote");
}
