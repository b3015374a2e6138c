import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { HeldPush } from './held-push.ts';
import type { Killer, Point } from './pace-killer.ts';

/** What a process tells before it goes on. */
interface Said {
  readonly point?: Point | 'end';
  /** Of a sleep. */
  readonly ms?: number;
  readonly result?: string;
  readonly warns?: string;
}

export interface Around {
  readonly killer: Killer;
  readonly late: HeldPush;
  readonly pass: (ms: number) => void;
  readonly reached: (point: Point) => void;
  readonly warned: (words: string) => void;
  /** The last answer is one to end after. */
  readonly answered: () => boolean;
}

const RUNNER = fileURLToPath(new URL('pace-runner.mjs', import.meta.url));

/**
 * Runs reconcile once, as a process of its own.
 * @param crashes how many were ended before
 * @returns what it says of itself at its end, or `killed`
 */
export async function runProcess(setup: string, crashes: number, around: Around): Promise<string> {
  const process = fork(RUNNER, [setup, String(crashes)], {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  around.killer.take(process);
  let [result, words] = ['', ''];
  const goOn = () => process.connected && process.send('go');
  process.stderr?.on('data', (text: Buffer) => {
    words += text.toString();
  });
  process.on('message', ({ point, ms = 0, result: ended, warns }: Said) => {
    if (warns !== undefined) around.warned(warns);
    result = ended ?? result;
    if (point === undefined) return;
    const going = point === 'end' ? Promise.resolve(true) : survives(point, around, goOn);
    going.then(
      (goes) => {
        if (goes && point === 'sleep') around.pass(ms);
        if (goes) goOn();
      },
      (error: unknown) => {
        words += String(error);
        process.kill('SIGKILL');
      },
    );
  });
  const [, signal] = await once(process, 'close');
  if (result !== '') return result;
  if (signal === 'SIGKILL' && words === '') return 'killed';
  throw new Error(`the process failed: ${words}`);
}

const DURING: Partial<Record<Point, Point>> = {
  'push before': 'push during',
  'evidence before': 'evidence during',
};

/** @returns whether the process lives on */
async function survives(point: Point, around: Around, goOn: () => unknown): Promise<boolean> {
  const { killer, late, reached, answered } = around;
  if (answered()) {
    await killer.end('write answered');
    return false;
  }
  if (killer.meets(point)) {
    await killer.end(point);
    return false;
  }
  reached(point);
  const during = DURING[point];
  if (during === undefined || !killer.meets(during)) return true;
  late.hold();
  goOn();
  await late.begun();
  await killer.end(during);
  return false;
}
