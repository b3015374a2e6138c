import { expect, it } from 'vitest';
import { fetchUrlOf } from '../../src/app/fetch-url.ts';
import type { PackageSourceConfig } from '../../src/contracts/generated/config.ts';

const source = (id: string, fetch: 'host' | 'controller'): PackageSourceConfig =>
  ({
    kind: 'apt-url',
    id,
    url: 'https://deb.example.org/debian',
    suites: ['x'],
    fetch,
  }) as unknown as PackageSourceConfig;
const urlOf = fetchUrlOf({ packages: { sources: [source('own', 'host'), source('ours', 'controller')] } });
const place = { source: 'own', origin: 'o', filename: 'pool/a/app_1.deb' };

it('names a URL for sources that hosts fetch from themselves, and for no others', () => {
  expect(urlOf(place)).toBe('https://deb.example.org/debian/pool/a/app_1.deb');
  expect(urlOf({ ...place, source: 'ours' })).toBeNull();
  expect(urlOf({ ...place, source: null })).toBeNull();
  expect(urlOf({ ...place, filename: null })).toBeNull();
  expect(urlOf({ ...place, filename: '../../etc/passwd' })).toBeNull();
});
