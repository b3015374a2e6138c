import type { PolicyProgram } from './policy-program.ts';

/** What the worker is asked, one message at a time. */
export type Request =
  | { readonly kind: 'load'; readonly wasm: Uint8Array; readonly pages: number }
  /** Inputs as JSON text. */
  | { readonly kind: 'evaluate'; readonly entrypoint: string; readonly inputs: readonly string[] };

/** What it answers, one message to each; `done` also when it has started. */
export type Reply =
  | { readonly kind: 'done' }
  /** Result sets as JSON text, in the order of the inputs. */
  | { readonly kind: 'answers'; readonly outputs: readonly string[] }
  | { readonly kind: 'failed'; readonly message: string };

/** Bytes of all answers to one request; a decision has about one thousand. */
const MAX_ANSWERS = 8 << 20;

/** Answers requests with a policy that `open` makes ready. Never throws. */
export function policyServer(
  open: (wasm: Uint8Array, pages: number) => PolicyProgram,
): (request: Request) => Reply {
  let program: PolicyProgram | undefined;
  return (request) => {
    try {
      if (request.kind === 'load') {
        program = open(request.wasm, request.pages);
        return { kind: 'done' };
      }
      if (!program) return { kind: 'failed', message: 'no policy is loaded' };
      const { entrypoint, inputs } = request;
      const outputs: string[] = [];
      let room = MAX_ANSWERS;
      for (const input of inputs) {
        const output = program.evaluate(entrypoint, input, room);
        outputs.push(output);
        room -= output.length;
      }
      return { kind: 'answers', outputs };
    } catch (error) {
      return { kind: 'failed', message: error instanceof Error ? error.message : 'no reason given' };
    }
  };
}
