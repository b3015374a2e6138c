/** Virtual time: what happens next is the earliest of the planned events; nothing waits in real time. */
export interface Schedule {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Plans an event; equal times keep the order in which they were planned. */
  at(ms: number, event: () => void): void;
  /** To be called by an event that settled a promise: product code runs before the next event. */
  settled(): void;
  /** To be called by an event whose work goes on in promises: the next event waits for its end. */
  hold(work: Promise<unknown>): void;
  /** Runs events until `done` says so, none is left, or the time is over. */
  run(until: number, done: () => boolean): Promise<'done' | 'empty' | 'late'>;
  /** Events that were run. */
  readonly count: number;
}

interface Planned {
  readonly ms: number;
  readonly seq: number;
  readonly event: () => void;
}

const earlier = (a: Planned, b: Planned): boolean => a.ms < b.ms || (a.ms === b.ms && a.seq < b.seq);

export function createSchedule(start: number): Schedule {
  const heap: Planned[] = [];
  const held: Promise<unknown>[] = [];
  let [now, seq, count, dirty] = [start, 0, 0, false];
  const push = (item: Planned): void => {
    let i = heap.length;
    heap.push(item);
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (!earlier(item, heap[up]!)) break;
      heap[i] = heap[up]!;
      i = up;
    }
    heap[i] = item;
  };
  const pop = (): Planned | undefined => {
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && earlier(heap[child + 1]!, heap[child]!)) child += 1;
      if (!earlier(heap[child]!, last)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
    return top;
  };
  return {
    now: () => now,
    get count() {
      return count;
    },
    at: (ms, event) => push({ ms: Math.max(now, ms), seq: (seq += 1), event }),
    settled: () => {
      dirty = true;
    },
    hold: (work) => void held.push(work),
    async run(until, done) {
      await drained();
      for (;;) {
        if (done()) return 'done';
        const next = heap[0];
        if (!next) return 'empty';
        if (next.ms > until) return 'late';
        pop();
        now = next.ms;
        count += 1;
        next.event();
        while (held.length > 0) await held.shift();
        if (!dirty) continue;
        dirty = false;
        await drained();
      }
    },
  };
}

/** Every promise that can go on has gone on: the queue of microtasks is empty before an immediate runs. */
const drained = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
