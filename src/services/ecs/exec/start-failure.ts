/** Why a program could not be started, in the words of Systems Manager's agent, from those of a runtime. */
export function startFailure(program: string, message: string): string {
  const reason = /permission denied|no such file or directory|exec format error/.exec(message)?.[0];
  const failure =
    !program.includes("/") && /not found|error finding executable/.test(message)
      ? `exec: "${program}": executable file not found in $PATH`
      : reason
        ? `fork/exec ${program}: ${reason}`
        : message;
  return `Unable to start command: Failed to start pty: ${failure}`;
}
