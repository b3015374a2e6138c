import { expect, it } from 'vitest';
import { judgeGrants } from '../../../src/audit/setup/grants.ts';
import type { ForgeFacts, Grants } from '../../../src/ports/forge-inspector.ts';

const app = (permissions: Record<string, string>): Grants => ({ kind: 'permissions', permissions });
const ENOUGH = {
  ...{ contents: 'write', issues: 'write', pull_requests: 'write', checks: 'write', metadata: 'read' },
};
const scopes = (...names: string[]): Grants => ({ kind: 'scopes', scopes: names });

it.each<[Grants, boolean, string, RegExp]>([
  [app(ENOUGH), false, 'ok', /not more/],
  [app({ ...ENOUGH, checks: 'write', administration: 'read' }), false, 'ok', /not more/],
  [app({ ...ENOUGH, checks: 'read' }), false, 'fail', /lacks .* checks$/],
  [
    app({ ...ENOUGH, administration: 'write', workflows: 'write' }),
    false,
    'warn',
    /administration, workflows/,
  ],
  [scopes('repo', 'read:org'), false, 'ok', /not more/],
  [scopes('public_repo'), false, 'fail', /lacks the scope repo/],
  [scopes('public_repo'), true, 'ok', /not more/],
  [scopes(), false, 'fail', /lacks the scope repo/],
  [scopes('repo', 'delete_repo'), false, 'warn', /delete_repo/],
])('%j in a public repository (%s): %s', (value, isPublic, level, sentence) => {
  const facts = { grants: { value }, repository: { value: { public: isPublic, push: true } } };
  expect(judgeGrants(facts as ForgeFacts)).toMatchObject({
    level,
    sentence: expect.stringMatching(sentence),
  });
});
