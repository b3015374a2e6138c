import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { POLICIES } from '../support/policy-files.ts';

const tools = (name: string) => import(new URL(`tools/${name}.mjs`, POLICIES).href);
const { ownCatalogue, sourceProblems } = await tools('own-sources');
const { isSince } = await tools('opa');
const example = (name: string) => readFileSync(new URL(`../examples/own-rules/${name}`, POLICIES), 'utf8');

const HOOK = 'facts contains {"effect": "rejected"}\n';
const problems = (name: string, text: string): string[] => sourceProblems(new Map([[name, text]]));

describe('own sources', () => {
  test.each(['perimeter.rego', 'perimeter_test.rego', 'steady_hands.rego', 'steady_hands_test.rego'])(
    'the example %s has no problem',
    (name) => {
      expect(problems(name, example(name))).toEqual([]);
    },
  );

  test.each([
    [
      'a package of the product',
      'x.rego',
      `package rules.status.missing\n${HOOK}`,
      'policies/x.rego:1: write package custom.x here',
    ],
    [
      'the package of another file',
      'x.rego',
      `# x\npackage custom.y\n${HOOK}`,
      'policies/x.rego:2: write package custom.x here',
    ],
    ['no package', 'x.rego', HOOK, 'policies/x.rego:1: write package custom.x here'],
    [
      'a package by another spelling',
      'x.rego',
      `package custom["x"]\n${HOOK}`,
      'policies/x.rego:1: write package',
    ],
    [
      'nothing to ask for',
      'x.rego',
      'package custom.x\n\nfacts := {1}\n',
      'policies/x.rego:1: nobody asks this package',
    ],
    ['a folder', 'a/x.rego', `package custom.x\n${HOOK}`, 'policies/a/x.rego: the name of a rule is letters'],
    [
      'a name with a dash',
      'a-x.rego',
      `package custom.x\n${HOOK}`,
      'policies/a-x.rego: the name of a rule is letters',
    ],
  ])('%s is a problem', (_, name, text, sentence) => {
    expect(problems(name, text)).toEqual([expect.stringContaining(sentence)]);
  });

  test('a test needs nothing that is asked for', () => {
    expect(problems('x_test.rego', 'package custom.x_test\n')).toEqual([]);
  });
});

describe('catalogue of own rules', () => {
  const meta = {
    ...{ scope: 'package', title: 'T', description: 'D', schemas: [{}] },
    custom: { id: 'custom/two-days', severity: 'low', remediation: 'Do.', reads: ['zone'] },
  };
  const cataloguedAs = (annotations: object, text = 'input.context.labels.zone') =>
    ownCatalogue(
      { annotations: [{ annotations, location: { file: 'custom/two_days.rego', row: 9 } }] },
      new Map([
        ['two_days.rego', text],
        ['two_days_test.rego', 'package custom.two_days_test'],
      ]),
    ) as { rules: object[]; problems: string[] };

  test('describes each rule, and no test', () => {
    expect(cataloguedAs(meta)).toEqual({
      problems: [],
      rules: [
        {
          ...{ id: 'custom/two-days', title: 'T', description: 'D', severity: 'low' },
          ...{ remediation: 'Do.', reads: ['zone'], path: 'two_days.rego' },
        },
      ],
    });
  });

  test.each<[string, object, string]>([
    [
      'an id of the product',
      { custom: { ...meta.custom, id: 'status/missing' } },
      'policies/two_days.rego:9: METADATA custom.id is status/missing, but the package says custom/two-days',
    ],
    [
      'a label in secret',
      { custom: { ...meta.custom, reads: [] } },
      'policies/two_days.rego:9: the rule reads label zone',
    ],
    ['no title', { title: undefined }, 'policies/two_days.rego:9: METADATA title is missing'],
    ['no schema', { schemas: [] }, 'policies/two_days.rego:9: METADATA schemas is missing'],
    [
      'METADATA of a rule only',
      { scope: 'rule' },
      'policies/two_days.rego:1: METADATA custom.id is missing, write custom/two-days',
    ],
  ])('%s is a problem', (_, other, sentence) => {
    expect(cataloguedAs({ ...meta, ...other }).problems).toContainEqual(expect.stringContaining(sentence));
  });
});

test('the guide shows the example as it is', () => {
  const guide = readFileSync(new URL('../docs/custom-policy.md', POLICIES), 'utf8');
  expect(guide).toContain(`\`\`\`rego\n${example('perimeter.rego')}\`\`\`\n`);
});

test.each([
  ['1.22.2', true],
  ['1.22.3', true],
  ['1.23.0', true],
  ['2.0.0', true],
  ['1.22.1', false],
  ['1.9.9', false],
  ['0.70.0', false],
  ['1.22.2-dev', false],
])('OPA %s is new enough: %s', (version, expected) => {
  expect(isSince(version)).toBe(expected);
});
