/**
 * Waits until all have ended, also when one fails: nothing goes on unattended behind the caller's back.
 * @param others told to give up at the first failure
 * @throws the first failure
 */
export async function settleAll<T>(work: readonly Promise<T>[], others?: AbortController): Promise<T[]> {
  let failure: { cause: unknown } | undefined;
  const results = await Promise.allSettled(
    work.map((one) =>
      one.catch((cause: unknown) => {
        failure ??= { cause };
        others?.abort(cause);
        throw cause;
      }),
    ),
  );
  if (failure) throw failure.cause;
  return results.map((result) => (result as PromiseFulfilledResult<T>).value);
}
