import { describe, expect, it } from 'vitest';
import { applyPlanJson, applyPlanText } from '../../src/report/apply-plan.ts';
import { applyResultJson, applyResultText } from '../../src/report/apply-result.ts';

const HEAD = 'a'.repeat(40);
const host = {
  asset: 'web-1',
  baseline: 'servers',
  ring: 'prod',
  state: 'patched',
  reason: '1 package(s) installed and seen',
  packages: ['app 1.0 → 1.1'],
};
const plan = {
  asset: 'web-1',
  baseline: 'servers',
  ring: 'prod',
  lock: `sha256:${'b'.repeat(64)}`,
  digest: `sha256:${'c'.repeat(64)}`,
  packages: [{ name: 'app', arch: 'all', from: null, version: '1.1', sha256: 'd'.repeat(64) }],
  leftOut: [
    { purl: 'pkg:deb/debian/x', state: 'ahead', installed: '2', wanted: '1', reason: 'newer than the lock' },
  ],
  steps: [
    { step: 'stage' as const, sha256: 'd'.repeat(64), path: '/srv/app.deb' },
    { step: 'install', argv: ['chroot', '/srv', 'apt-get', 'a b'] },
  ],
};

describe('the result of apply', () => {
  it('is a line a host and its packages', () => {
    expect(applyResultText({ head: HEAD, hosts: [host, { ...host, asset: 'web-2', state: 'equal' }] })).toBe(
      [
        'Verified head aaaaaaaaaaaa',
        'web-1  patched  servers/prod  1 package(s) installed and seen',
        '    app 1.0 → 1.1',
        'web-2  equal  servers/prod  1 package(s) installed and seen',
        '',
      ].join('\n'),
    );
    expect(applyResultText({ head: HEAD, hosts: [] })).toContain('No host is governed');
  });

  it('shows no control characters of a host', () => {
    expect(applyResultText({ head: HEAD, hosts: [{ ...host, reason: 'dpkg: \u001b[2J' }] })).not.toContain(
      '\u001b',
    );
  });

  it('is JSON with one final newline', () => {
    const text = applyResultJson({ head: HEAD, hosts: [host] });
    expect(JSON.parse(text)).toEqual({ head: HEAD, hosts: [host] });
    expect(text.endsWith('}\n')).toBe(true);
  });
});

describe('the plan of apply', () => {
  it('prints every command word by word', () => {
    const text = applyPlanText({
      head: HEAD,
      hosts: [
        { kind: 'plan', plan, refusal: 'on hold', missingBytes: ['e'.repeat(64)] },
        { kind: 'unknown', asset: 'web-2', reason: 'no driver' },
        { kind: 'plan', plan: { ...plan, steps: [], packages: [] }, refusal: null, missingBytes: [] },
      ],
    });
    expect(text).toContain('  install: ["chroot","/srv","apt-get","a b"]\n');
    expect(text).toContain(`  stage: /srv/app.deb  sha256 ${'d'.repeat(64)}\n`);
    expect(text).toContain(`  app:all (new) -> 1.1  sha256 ${'d'.repeat(64)}\n`);
    expect(text).toContain('  left out: pkg:deb/debian/x ahead (2, locked 1): newer than the lock\n');
    expect(text).toContain('  would be refused: on hold\n');
    expect(text).toContain(`  bytes missing in the artifact store: ${'e'.repeat(64)}\n`);
    expect(text).toContain('web-2: unknown, no driver\n');
    expect(text).toContain('web-1: nothing to do (servers/prod');
    expect(applyPlanText({ head: HEAD, hosts: [] })).toContain('No host is governed');
  });

  it('is the same as JSON', () => {
    const result = { head: HEAD, hosts: [{ kind: 'plan' as const, plan, refusal: null, missingBytes: [] }] };
    expect(JSON.parse(applyPlanJson(result))).toEqual(result);
  });
});
