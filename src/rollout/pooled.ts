/** Works on items, at most so many at a time, and keeps their order. The first error stops new ones and is thrown. */
export async function pooled<T, R>(
  items: readonly T[],
  parallel: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const i = next;
      next += 1;
      try {
        results[i] = await work(items[i] as T);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await settleAll(Array.from({ length: Math.min(Math.max(1, parallel), items.length) }, worker));
  return results;
}

/** Waits for all, so that nothing goes on behind an error, then throws the first. */
async function settleAll(work: readonly Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(work);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** Lets callers that ask while one run is on its way share the next: each gets an answer that was begun after it asked. */
export function coalesced<T>(ask: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> | undefined;
  let waiting: Promise<T> | undefined;
  const begin = (): Promise<T> => {
    waiting = undefined;
    const answer = ask();
    const ended = answer.then(
      () => undefined,
      () => undefined,
    );
    running = ended;
    void ended.then(() => {
      if (running === ended) running = undefined;
    });
    return answer;
  };
  return () => {
    if (!running) return begin();
    waiting ??= running.then(begin);
    return waiting;
  };
}
