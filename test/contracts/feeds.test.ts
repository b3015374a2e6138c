import { expect, it } from 'vitest';
import type { Config } from '../../src/contracts/generated/config.ts';
import { assemblePolicyRepository } from '../../src/contracts/policy-repository.ts';
import { policyTree } from '../support/policy-tree.ts';

const told = (...feeds: readonly object[]) => {
  const set = (config: unknown) => {
    (config as Config).intel.feeds = feeds as Config['intel']['feeds'];
  };
  return assemblePolicyRepository(policyTree({ 'patchwarden.json': set })).problems.map(
    (p) => `${p.severity}: ${p.message}`,
  );
};

it.each([
  [
    [
      { kind: 'osv', path: 'x' },
      { kind: 'epss', url: 'https://x/y', maxBytes: 4096, modelDate: '2024-10-27' },
    ],
    [],
  ],
  [[{ kind: 'osv' }], ['error: "intel.feeds[0]" needs the key "path" or "url"; add one']],
  [
    [{ kind: 'osv', path: 'x', url: 'https://x/y' }],
    ['error: "intel.feeds[0]" has "path" and "url"; remove one'],
  ],
  [
    [
      { kind: 'osv', path: 'x' },
      { kind: 'kev', path: 'x' },
    ],
    ['error: the feed "x" is there twice; remove one'],
  ],
  [[{ kind: 'openvex', path: 'x', trust: ['pkg:deb/debian/*'] }], []],
  [
    [{ kind: 'osv', path: 'x', trust: ['pkg:deb/debian/*'] }],
    [
      'warning: "trust" of "intel.feeds[0]" is for statements of csaf and openvex, but it has the kind osv; remove it',
    ],
  ],
  [
    [{ kind: 'epss', path: 'x', maxBytes: 4096 }],
    ['warning: "maxBytes" of "intel.feeds[0]" bounds what a server sends; remove it'],
  ],
  [
    [{ kind: 'osv', path: 'x', modelDate: '2024-10-27' }],
    ['warning: "modelDate" of "intel.feeds[0]" is for scores, but it has the kind osv; remove it'],
  ],
])('the feeds %j are told: %j', (feeds, sentences) => expect(told(...feeds)).toEqual(sentences));
