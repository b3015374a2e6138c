import { describe, expect, it } from 'vitest';
import { isDebianList, readDebianList } from '../../../src/observe/intel/debian-list.ts';
import { isDebianTracker, readDebianTracker } from '../../../src/observe/intel/debian-tracker.ts';
import type { Reading } from '../../../src/observe/intel/reading.ts';

const LIST = `[03 Oct 2023] DSA-5514-1 glibc - security update
\t{CVE-2023-4911 CVE-2023-0001}
\t[bullseye] - glibc 2.31-13+deb11u7
\t[bookworm] - glibc 2.36-9+deb12u3
\tNOTE: fixed
[17 Mar 2023] DSA-5356-2 sox - regression update
\t[bullseye] - sox 14.4.2-2+deb11u2
[August 26th, 2005] DTSA-1-1 kismet - various
\t{CVE-2005-2626 CVE-2005-2627 }
\t[etch] - kismet 2005.08.R1-0.1etch1 (high)
\t[sid] - kismet 3
[30 Jul 2002] DSA-137 mm - insecure temporary files
\t{CVE-2002-0658}
\t[woody] - mm <not-affected>
\t[sarge] - mm <unfixed>
`;
const items = (reading: Reading) => reading.parts.flatMap((p) => (p.kind === 'advisories' ? p.items : []));
const options = { feed: 'debian', path: 'data/DSA/list' };

describe('a list of bulletins', () => {
  it('has one record for each, which closes vulnerabilities and never merges them', () => {
    expect(isDebianList(LIST.slice(0, 400))).toBe(true);
    const reading = readDebianList(LIST, options);
    expect(reading).toMatchObject({
      kind: 'debian-security-tracker',
      records: 4,
      newest: '2023-10-03T00:00:00Z',
      problems: [],
      otherEcosystems: 1,
    });
    expect(
      items(reading).map((i) => [
        i.advisory.advisory,
        i.advisory.published,
        i.advisory.related.join(' '),
        i.affected.map((a) => `${a.ecosystem} ${a.package} ${a.fixed}`).join(', '),
      ]),
    ).toEqual([
      [
        'DSA-5514-1',
        '2023-10-03T00:00:00Z',
        'CVE-2023-0001 CVE-2023-4911',
        'debian:11 glibc 2.31-13+deb11u7, debian:12 glibc 2.36-9+deb12u3',
      ],
      ['DSA-5356-2', '2023-03-17T00:00:00Z', '', 'debian:11 sox 14.4.2-2+deb11u2'],
      [
        'DTSA-1-1',
        '2005-08-26T00:00:00Z',
        'CVE-2005-2626 CVE-2005-2627',
        'debian:4 kismet 2005.08.R1-0.1etch1',
      ],
      ['DSA-137', '2002-07-30T00:00:00Z', 'CVE-2002-0658', 'debian:3.1 mm null'],
    ]);
    expect(items(reading)[0]).toMatchObject({
      advisory: { kind: 'bulletin', aliases: [], summary: 'glibc - security update', feed: 'debian' },
      affected: [{ scheme: 'dpkg', introduced: '0', versions: [] }, {}],
    });
  });

  it('is cut to the releases that are asked for', () => {
    const reading = readDebianList(LIST, { ...options, ecosystems: new Set(['debian:12']) });
    expect(items(reading).map((i) => i.affected.length)).toEqual([1, 0, 0, 0]);
  });

  it('tells lines that begin no bulletin', () => {
    const reading = readDebianList(
      `${LIST}[x] nothing\n[99 Foo 2023] DSA-1-1 x - y\n\t[bookworm] - y 1\n`,
      options,
    );
    expect(reading).toMatchObject({
      records: 4,
      problems: { length: 2, 0: 'line 16 does not begin a bulletin' },
    });
    // What belongs to a damaged bulletin does not go to the one before it.
    expect(items(reading).at(-1)?.affected).toHaveLength(1);
    expect(isDebianList('[{"a": 1}]')).toBe(false);
  });
});

const release = (status: string, fixed?: string) => ({
  status,
  urgency: 'not yet assigned',
  ...(fixed === undefined ? {} : { fixed_version: fixed }),
});

describe('the data of the tracker', () => {
  const DATA = {
    glibc: {
      'CVE-2023-4911': {
        description: 'A buffer overflow.',
        releases: {
          bookworm: release('resolved', '2.36-9+deb12u3'),
          bullseye: release('open'),
          buster: release('undetermined'),
          sid: release('resolved', '2.37-12'),
        },
      },
      'CVE-2001-0001': { releases: { bookworm: release('resolved', '0') } },
      'TEMP-0000000-AB12CD': { releases: { bookworm: release('open') } },
    },
    eglibc: { 'CVE-2023-4911': { releases: { bookworm: release('open') } } },
    broken: { 'CVE-2024-0001': 7 },
    chromium: { 'CVE-2022-0358': { releases: [] } },
  };

  it('is a record for each vulnerability, over all its packages', () => {
    expect(isDebianTracker(DATA)).toBe(true);
    const reading = readDebianTracker(DATA, options);
    expect(reading).toMatchObject({
      records: 4,
      newest: null,
      otherEcosystems: 1,
      unknownRanges: 1,
      problems: ['its entry "broken CVE-2024-0001" has no releases'],
    });
    expect(
      items(reading).map((i) => [
        i.advisory.advisory,
        i.affected.map((a) => `${a.ecosystem} ${a.package} ${a.scheme} ${a.fixed}`),
      ]),
    ).toEqual([
      ['CVE-2001-0001', []],
      ['CVE-2022-0358', []],
      [
        'CVE-2023-4911',
        [
          'debian:12 eglibc dpkg null',
          'debian:12 glibc dpkg 2.36-9+deb12u3',
          'debian:11 glibc dpkg null',
          'debian:10 glibc unknown null',
        ],
      ],
      ['TEMP-0000000-AB12CD', ['debian:12 glibc dpkg null']],
    ]);
  });

  it.each([
    [{}],
    [{ glibc: {} }],
    [{ glibc: { 'CVE-2024-0001': {} } }],
    [{ a: 1 }],
    [{ 'x y': { 'CVE-2024-0001': { releases: {} } } }],
  ])('is not %j', (document) => expect(isDebianTracker(document)).toBe(false));
});
