import { example, exampleBytes } from '../contracts/documents.ts';

type Json = Record<string, unknown>;

/** A public key line that parses; the number makes it another key. */
export function publicKey(n: number): string {
  const type = Buffer.from('ssh-ed25519');
  const size = (length: number) => Buffer.from([0, 0, 0, length]);
  const blob = Buffer.concat([size(type.length), type, size(32), Buffer.alloc(32, n)]);
  return `ssh-ed25519 ${blob.toString('base64')}`;
}

/** Where each valid example belongs. */
const PLACES = {
  'patchwarden.json': 'config',
  'roles.json': 'roles',
  'pins.json': 'pins',
  'baselines/servers.json': 'baseline',
  'exceptions/expat-reports.json': 'exception',
  'calendars/nights.json': 'calendar',
  'holds/openssl-3.0.15.json': 'hold',
  'locks/servers/prod.lock.json': 'patch-lock',
} as const;

const SIGNERS = ['ada', 'grace', 'patchwarden'].map((n, i) => `${n}@example.org ${publicKey(i)}\n`).join('');

/** A policy repository without any problem. A change by path: a function of the document, a whole text, or null for no file. */
export function policyTree(
  changes: Readonly<Record<string, ((doc: Json) => unknown) | string | null>> = {},
): Map<string, string> {
  const files = new Map<string, string>([['allowed-signers', SIGNERS]]);
  for (const [path, name] of Object.entries(PLACES))
    files.set(path, exampleBytes('valid', `${name}.json`).toString('utf8'));
  for (const [path, change] of Object.entries(changes)) {
    if (change === null) files.delete(path);
    else if (typeof change === 'string') files.set(path, change);
    else {
      const name = PLACES[path as keyof typeof PLACES] as string | undefined;
      const doc = name ? example<Json>(name) : {};
      files.set(path, `${JSON.stringify(change(doc) ?? doc, null, 2)}\n`);
    }
  }
  return files;
}
