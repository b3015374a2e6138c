import { describe, expect, test } from 'vitest';
import { changeRulesAt } from '../../src/app/policy-at.ts';
import type { ChangeInput } from '../../src/contracts/generated/change-input.ts';
import type { ChangeOutput } from '../../src/contracts/generated/change-output.ts';
import { PatchwardenError } from '../../src/domain/errors.ts';
import type { OwnFiles, OwnPolicy } from '../../src/ports/own-rules.ts';
import type { PolicyEngine } from '../../src/ports/policy-engine.ts';

const saying = (rule: string): PolicyEngine => ({
  digest: rule,
  change: (): ChangeOutput => ({ allowed: false, reasons: [{ rule, effect: 'deny' }] }),
  approve: () => expect.unreachable(),
  decide: () => expect.unreachable(),
  decideAll: () => expect.unreachable(),
});
const git = {
  listTree: async (_: string, prefix: string) =>
    [`${prefix}x.rego`].map((path) => ({ path, mode: '100644', type: 'blob', id: 'x' })) as never,
  readBytes: async (commit: string, path: string) => new TextEncoder().encode(`${commit} ${path}`),
};
const rules = (ownPolicy: (files: OwnFiles) => Promise<OwnPolicy | undefined>) =>
  changeRulesAt({ policy: async () => saying('product'), ownPolicy }, git, 'abc');
const change = (...classes: string[]) =>
  ({
    proposal: { paths: classes.map((c) => ({ path: c, class: c, change: 'modified' })) },
  }) as unknown as ChangeInput;
const judge = (engine: Pick<PolicyEngine, 'change'>, ...classes: string[]) =>
  engine.change(change(...classes)).reasons[0]?.rule;

describe('change rules at a commit', () => {
  test('are the product’s where there are no own ones', async () => {
    expect(judge(await rules(async () => undefined), 'lock')).toBe('product');
  });

  test('are the own ones as they stand at the commit', async () => {
    const read = new Map<string, string>();
    const engine = await rules(async (files) => {
      for (const [path, bytes] of files) read.set(path, Buffer.from(bytes).toString());
      return { engine: saying('own'), rules: [] };
    });
    expect([...read]).toEqual([['policies/x.rego', 'abc policies/x.rego']]);
    expect(judge(engine, 'lock')).toBe('own');
    expect(judge(engine, 'lock', 'policy')).toBe('own');
  });

  test('cannot keep anybody from mending them', async () => {
    const stale = new PatchwardenError('bad-document', 'not built');
    for (const own of [Promise.resolve({ engine: saying('own'), rules: [] }), Promise.reject(stale)])
      expect(judge(await rules(() => own), 'policy', 'policy')).toBe('product');
  });

  test('that are not built judge nothing else', async () => {
    const stale = new PatchwardenError('bad-document', 'not built');
    const engine = await rules(() => Promise.reject(stale));
    expect(() => judge(engine, 'lock')).toThrow(stale);
  });

  test('hide no bug', async () => {
    await expect(rules(() => Promise.reject(new TypeError('x')))).rejects.toThrow(TypeError);
  });
});
