import { createRequire } from 'node:module';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { PatchwardenError } from '../domain/errors.ts';
import { printable } from '../util/printable.ts';
import type { Reply, Request } from './policy-worker-protocol.ts';

export interface GuardLimits {
  /** Milliseconds for one request: to load the policy, or to answer a batch. */
  readonly deadlineMs: number;
  /** Pages of 64 KiB that the policy may have. */
  readonly pages: number;
}

/** 128 MiB for the policy and 80 for the JavaScript around it: below 256 MiB with what the thread itself needs. */
export const LIMITS: GuardLimits = { deadlineMs: 5_000, pages: 2_048 };
const HEAP = {
  maxOldGenerationSizeMb: 64,
  maxYoungGenerationSizeMb: 16,
  codeRangeSizeMb: 16,
  stackSizeMb: 2,
};
/** The thread itself starts within this, or the machine is in trouble. */
const START_MS = 30_000;

/** A policy in a thread of its own. */
export interface GuardedPolicy {
  /**
   * Result sets as JSON text, in the order of the inputs. Blocks until they are there.
   * @throws PatchwardenError `bad-document` when the policy fails, is too slow or wants too much; the next request gets a new thread
   */
  evaluate(entrypoint: string, inputs: readonly string[]): readonly string[];
  close(): Promise<void>;
}

interface Running {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly flag: Int32Array;
}

/**
 * Runs a policy that nobody vouches for: it has a deadline, a share of memory and nothing else of the host. A loop in
 * WebAssembly never comes back, so its thread is ended, and the next question starts another.
 * @param what names the policy in messages
 */
export function guardPolicy(wasm: Uint8Array, what: string, limits: GuardLimits = LIMITS): GuardedPolicy {
  let running: Running | undefined;
  const failure = (message: string): PatchwardenError => {
    void running?.worker.terminate();
    running = undefined;
    return new PatchwardenError('bad-document', `${what} ${message}`);
  };
  const request = (at: Running, message: Request): Extract<Reply, { kind: 'done' | 'answers' }> => {
    Atomics.store(at.flag, 0, 0);
    at.port.postMessage(message);
    const reply = awaitReply(at, limits.deadlineMs);
    if (reply?.kind === 'failed') throw failure(`fails: ${printable(reply.message.slice(0, 500))}`);
    if (reply) return reply;
    throw failure(
      `gave no answer within ${limits.deadlineMs} ms and ${(limits.pages * 64) >> 10} MiB, and was stopped`,
    );
  };
  const started = (): Running => {
    if (running) return running;
    running = startWorker();
    if (!awaitReply(running, START_MS)) throw failure('cannot be run: its thread does not start');
    request(running, { kind: 'load', wasm, pages: limits.pages });
    return running;
  };
  return {
    evaluate: (entrypoint, inputs) => {
      const reply = request(started(), { kind: 'evaluate', entrypoint, inputs });
      return reply.kind === 'answers' ? reply.outputs : [];
    },
    close: async () => {
      await running?.worker.terminate();
      running = undefined;
    },
  };
}

function startWorker(): Running {
  const { port1, port2 } = new MessageChannel();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  // Built code, whether this is: a thread of Node 20 reads no TypeScript.
  const worker = new Worker(createRequire(import.meta.url).resolve('#policy-worker'), {
    workerData: { port: port2, flag },
    transferList: [port2],
    env: {},
    execArgv: [],
    resourceLimits: HEAP,
  });
  // A thread that ran out of memory says so here, long after whoever asked was told that there is no answer.
  worker.on('error', () => undefined);
  worker.unref();
  port1.unref();
  return { worker, port: port1, flag };
}

/** Sleeps until the thread says that it has answered; undefined when it never does. */
function awaitReply({ port, flag }: Running, ms: number): Reply | undefined {
  if (Atomics.wait(flag, 0, 0, ms) === 'timed-out') return undefined;
  return (receiveMessageOnPort(port) as { readonly message: Reply } | undefined)?.message;
}
