/** Sequence tokens no longer mean anything to AWS; clients still expect 56 digits that grow. */
export function formatSequenceToken(block: number): string {
  return `49${String(block).padStart(54, "0")}`;
}
