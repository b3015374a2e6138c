import { describe, expect, test } from 'vitest';

const { catalogue } = await import(new URL('../../policies/tools/catalogue.mjs', import.meta.url).href);

interface Custom {
  readonly id?: string;
  readonly severity?: string;
  readonly remediation?: string;
  readonly reads?: readonly string[];
}
interface Planted {
  readonly name: string;
  readonly custom?: Custom;
  readonly text?: string;
}

const good: Custom = { id: 'status/pinned', severity: 'low', remediation: 'Unhold it.', reads: [] };
const pinned: Planted = { name: 'data.rules.status.pinned', custom: good };

/** What `opa inspect -a` says about such packages, and what main imports. */
function problemsOf(planted: readonly Planted[], imports = planted.map((p) => p.name)): string[] {
  const fileOf = (name: string) => `${name.slice(5).replaceAll('.', '/')}.rego`;
  const annotations = planted
    .filter((p) => p.custom)
    .map(({ name, custom }) => ({
      annotations: { scope: 'package', title: 'T', description: 'D', schemas: [{}], custom },
      location: { file: fileOf(name) },
      path: name.split('.').map((value) => ({ value })),
    }));
  const namespaces = Object.fromEntries(planted.map(({ name }) => [name, [fileOf(name)]]));
  const texts = new Map(planted.map(({ name, text = '' }) => [fileOf(name), text]));
  texts.set('main/main.rego', imports.map((name) => `import ${name}\n`).join(''));
  return catalogue({ annotations, namespaces }, texts).problems;
}

describe('catalogue of rules', () => {
  test('a well-described rule has no problem', () => {
    expect(problemsOf([pinned])).toEqual([]);
  });

  test.each<[string, Planted, string]>([
    ['no METADATA at all', { name: pinned.name }, 'has no METADATA title'],
    [
      'no id',
      { ...pinned, custom: { severity: 'low', remediation: 'x', reads: [] } },
      'custom.id is missing, write status/pinned',
    ],
    [
      'an id of another folder',
      { ...pinned, custom: { ...good, id: 'status/held' } },
      'custom.id is status/held, but the package says status/pinned',
    ],
    [
      'an unknown severity',
      { ...pinned, custom: { ...good, severity: 'bad' } },
      'custom.severity must be one of',
    ],
    ['no remedy', { ...pinned, custom: { ...good, remediation: '' } }, 'custom.remediation is missing'],
    [
      'a label read in secret',
      { ...pinned, text: 'input.context.labels.zone == "dmz"' },
      'reads label zone, which',
    ],
    [
      'labels read by a variable',
      { ...pinned, text: 'some l in input.context.labels' },
      'reads label *, which',
    ],
  ])('%s is a problem', (_, planted, sentence) => {
    expect(problemsOf([planted]).join('\n')).toContain(sentence);
  });

  test('a declared label may be read', () => {
    const custom = { ...good, reads: ['zone'] };
    expect(problemsOf([{ ...pinned, custom, text: 'input.context.labels["zone"]' }])).toEqual([]);
  });

  test('an id that two rules share is a problem', () => {
    const other = { name: 'data.rules.status.held', custom: good };
    expect(problemsOf([pinned, other]).join('\n')).toContain(
      'METADATA id status/pinned is used by more than one',
    );
  });

  test('a rule that main does not ask is a problem', () => {
    expect(problemsOf([pinned], []).join('\n')).toContain('nobody asks this rule');
  });
});
