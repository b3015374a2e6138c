import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { binaryKeyring } from '../../src/adapters/openpgp-armor.ts';
import { readStatus } from '../../src/adapters/signature-gpgv.ts';
import { requireRpmSignature } from '../../src/adapters/signature-rpmkeys.ts';
import { createSigner, whyNoGpg } from '../support/gpg-signer.ts';
import { firstAbsent } from '../support/on-path.ts';
import { tempDir } from '../support/temp-dir.ts';

const valid = (fingerprint: string, hash = '10') =>
  `[GNUPG:] VALIDSIG ${fingerprint} 2024-01-01 1 0 4 0 22 ${hash} 01 P${fingerprint}\n`;
const good = '[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG X someone\n';

describe('readStatus', () => {
  it.each([
    ['one good signature', good + valid('A'), null],
    [
      'a good one and one by an unknown key',
      `${good}${valid('A')}[GNUPG:] NEWSIG\n[GNUPG:] NO_PUBKEY B\n`,
      null,
    ],
    ['a good one and a bad one', `${good}${valid('A')}[GNUPG:] BADSIG B x\n`, /does not fit/],
    ['an expired key', `[GNUPG:] NEWSIG\n[GNUPG:] EXPKEYSIG A x\n${valid('A')}`, /expired/],
    ['a revoked key', `[GNUPG:] NEWSIG\n[GNUPG:] REVKEYSIG A x\n${valid('A')}`, /revoked/],
    ['an expired signature', `[GNUPG:] NEWSIG\n[GNUPG:] EXPSIG A x\n${valid('A')}`, /signature has expired/],
    [
      'an expired one after a good one',
      `${good}[GNUPG:] NEWSIG\n[GNUPG:] EXPKEYSIG A x\n${valid('A')}`,
      /expired/,
    ],
    ['SHA-1', good + valid('A', '2'), /weaker than SHA-256/],
    ['MD5', good + valid('A', '1'), /weaker/],
    ['an unknown key', '[GNUPG:] NEWSIG\n[GNUPG:] NO_PUBKEY B\n', /signed by B, which/],
    ['words of the file', 'GOODSIG A\nVALIDSIG A\n', /not signed/],
    ['nothing', '', /not signed/],
  ])('of %s', (_what, text, expected) => {
    const { why, signedBy } = readStatus(text);
    if (expected === null) expect([why, signedBy]).toEqual([null, ['PA']]);
    else {
      expect(why).toMatch(expected);
      expect(signedBy).toEqual([]);
    }
  });
});

describe.skipIf(whyNoGpg !== undefined)(`key files${whyNoGpg ? ` (skipped: ${whyNoGpg})` : ''}`, () => {
  it('are the same armoured and binary, also several in one', () => {
    const [a, b] = [createSigner(), createSigner()];
    expect(binaryKeyring(Buffer.from(a.armored))).toEqual(a.binary);
    expect(binaryKeyring(a.binary)).toBe(a.binary);
    const two = `Comment\n${a.armored}\n${b.armored.replaceAll('\n', '\r\n')}`;
    expect(binaryKeyring(Buffer.from(two))).toEqual(Buffer.concat([a.binary, b.binary]));
    a.remove();
    b.remove();
  });
  it.each(['', 'text', '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n!!\n-----END PGP PUBLIC KEY BLOCK-----\n'])(
    'are not %j',
    (text) => expect(binaryKeyring(Buffer.from(text))).toBeUndefined(),
  );
});

const noRpm = firstAbsent('rpmkeys', 'rpmbuild', 'rpmsign', 'gpg');
describe.skipIf(noRpm !== undefined)(`rpm files${noRpm ? ` (skipped: ${noRpm} is absent)` : ''}`, () => {
  it('are taken only with a signature of the key file', async () => {
    const dir = tempDir();
    const spec = join(dir, 'a.spec');
    writeFileSync(
      spec,
      'Name: a\nVersion: 1\nRelease: 1\nSummary: a\nLicense: x\nBuildArch: noarch\n%description\na\n%files\n',
    );
    execFileSync('rpmbuild', ['-bb', '--define', `_topdir ${dir}/top`, '--define', `_rpmdir ${dir}`, spec], {
      stdio: 'ignore',
    });
    const file = join(dir, 'noarch/a-1-1.noarch.rpm');
    const read = () => execFileSync('cat', [file]);
    const home = join(dir, 'gpg');
    execFileSync('mkdir', ['-m', '700', home]);
    const gpg = (...args: string[]) =>
      execFileSync('gpg', ['--homedir', home, '--batch', '--quiet', '--passphrase', '', ...args], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    gpg('--quick-generate-key', 'Test <test@example.org>', 'rsa2048', 'sign', 'never');
    const keyring = join(dir, 'key.asc');
    writeFileSync(keyring, gpg('--armor', '--export'));
    const refused = (bytes: Uint8Array, keys: string, message: RegExp, code = 'signature-invalid') =>
      expect(requireRpmSignature('a.rpm', bytes, keys)).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message),
      });
    await refused(read(), keyring, /not signed/);
    execFileSync(
      'rpmsign',
      [
        '--define',
        '_gpg_name Test',
        '--define',
        `_gpg_path ${home}`,
        '--define',
        '__gpg /usr/bin/gpg',
        '--addsign',
        file,
      ],
      {
        stdio: 'ignore',
        env: { ...process.env, GNUPGHOME: home },
      },
    );
    const signed = read();
    await requireRpmSignature('a.rpm', signed, keyring);
    const altered = Buffer.from(signed);
    altered[altered.length - 3] = (altered.at(-3) ?? 0) ^ 1;
    await refused(altered, keyring, /does not fit|not signed/);
    const stranger = createSigner();
    writeFileSync(join(dir, 'other.asc'), stranger.armored);
    await refused(signed, join(dir, 'other.asc'), /does not have/);
    stranger.remove();
    writeFileSync(join(dir, 'bad.asc'), 'no key');
    await refused(signed, join(dir, 'bad.asc'), /cannot read the keys/, 'bad-document');
    execFileSync('gpgconf', ['--homedir', home, '--kill', 'gpg-agent'], { stdio: 'ignore' });
  });
});
