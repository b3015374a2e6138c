import type { ApproveOutput } from '../contracts/generated/approve-output.ts';
import type { DecideOutput } from '../contracts/generated/decide-output.ts';
import type { PolicyEngine } from '../ports/policy-engine.ts';
import type { StateStore } from '../ports/state-store.ts';
import { sha256, sha256Hex } from '../util/digest.ts';
import { entry } from '../util/entry.ts';

const FILE = 'answers.json';
/** Were it more, only those of the last run are kept. */
const MOST = 50_000;

/** A policy engine that has answered before. */
export interface KeptAnswers {
  readonly engine: PolicyEngine;
  /** Writes down what was asked for the first time. */
  keep(): Promise<void>;
}

type Kind = 'approve' | 'decide';
type Output = ApproveOutput | DecideOutput;

/**
 * The same engine, which is not asked again what it said in an earlier run: an answer hangs on the policy and the question
 * alone, so it is found by the digests of both. The file is a memory and nothing more: one that is missing, damaged or of
 * another policy, or that cannot be written, costs time and changes no answer.
 */
export async function withKeptAnswers(
  engine: PolicyEngine,
  state: Pick<StateStore, 'read' | 'write'>,
): Promise<KeptAnswers> {
  const answers = answersOf(await state.read(FILE).catch(() => undefined), engine.digest);
  const used = new Set<string>();
  let asked = 0;
  const recall = (key: string, ask: () => Output): Output => {
    used.add(key);
    return entry(answers, key, () => {
      asked += 1;
      return ask();
    });
  };
  return {
    engine: {
      ...engine,
      approve: (input) => recall(keyOf('approve', input), () => engine.approve(input)) as ApproveOutput,
      decide: (input) => recall(keyOf('decide', input), () => engine.decide(input)) as DecideOutput,
      decideAll: async (inputs) => {
        const keyed = inputs.map((input) => [keyOf('decide', input), input] as const);
        const fresh = [...new Map(keyed)].filter(([key]) => !answers.has(key));
        const outputs = (await engine.decideAll(fresh.map(([, input]) => input))).values();
        for (const [key] of fresh) recall(key, () => outputs.next().value as DecideOutput);
        return keyed.map(([key, input]) => recall(key, () => engine.decide(input)) as DecideOutput);
      },
    },
    keep: async () => {
      if (asked === 0) return;
      const kept = answers.size <= MOST ? answers : new Map([...answers].filter(([key]) => used.has(key)));
      await state.write(FILE, textOf(engine.digest, kept)).catch(() => undefined);
    },
  };
}

const keyOf = (kind: Kind, input: unknown): string => sha256Hex(`${kind} ${JSON.stringify(input)}`);

/** Its first line is the digest of the second: half a file is no file. Equal answers stand once. */
interface Kept {
  readonly policy: string;
  readonly answers: readonly Output[];
  /** Digest of a question → place of its answer. */
  readonly asked: Readonly<Record<string, number>>;
}

function textOf(policy: string, kept: ReadonlyMap<string, Output>): string {
  const places = new Map<string, number>();
  const asked = [...kept].map(([key, output]) => [
    key,
    entry(places, JSON.stringify(output), () => places.size),
  ]);
  const answers = [...places.keys()].map((text) => JSON.parse(text) as Output);
  const body = JSON.stringify({ policy, answers, asked: Object.fromEntries(asked) } satisfies Kept);
  return `${sha256(body)}\n${body}\n`;
}

function answersOf(text: string | undefined, policy: string): Map<string, Output> {
  const [digest, body = ''] = text?.split('\n') ?? [];
  if (digest !== sha256(body)) return new Map();
  const kept = JSON.parse(body) as Kept;
  if (kept.policy !== policy) return new Map();
  return new Map(Object.entries(kept.asked).map(([key, place]) => [key, kept.answers[place] as Output]));
}
