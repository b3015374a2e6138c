import { describe, expect, it } from 'vitest';
import { observeRoot } from '../../src/observe/host-root.ts';
import { RPM_QA_FORMAT } from '../../src/observe/rpm-qa.ts';
import type { RpmDatabase } from '../../src/ports/rpm-database.ts';
import { fakeFileTree } from '../support/fakes/file-tree.ts';

const LIST = [
  'rocky-release\t(none)\t9.4\t1.7.el9\tnoarch\trocky-release-9.4-1.7.el9.src.rpm\t(none)',
  'bash\t(none)\t5.1.8\t9.el9\tx86_64\tbash-5.1.8-9.el9.src.rpm\t(none)',
].join('\n');

/** Answers with what the database file holds, and remembers what it was asked. */
function fakeRpm() {
  const asked: string[] = [];
  const rpm: RpmDatabase = {
    query: async (database, files, format) => {
      asked.push(`${database}: ${[...files.keys()].join(' ')}`);
      expect(format).toBe(RPM_QA_FORMAT);
      return new TextDecoder().decode(files.get(database));
    },
  };
  return { rpm, asked };
}

describe('the root directory of an rpm host', () => {
  it.each(['var/lib/rpm', 'usr/lib/sysimage/rpm'])('is read by the database in %s', async (place) => {
    const { rpm, asked } = fakeRpm();
    const files = new Map([
      [`${place}/rpmdb.sqlite`, LIST],
      [`${place}/rpmdb.sqlite-wal`, ''],
      [`${place}/rpmdb.sqlite-shm`, ''],
      [`${place}/Packages`, 'left over'],
      ['etc/os-release', 'ID="rocky"\nVERSION_ID="9.4"\n'],
    ]);
    const host = await observeRoot(fakeFileTree(files), { rpm });
    expect(host).toMatchObject({ source: 'rpm-root', stream: 'rocky:9:x86_64', unknown: null, problems: [] });
    expect(host.components.map((c) => c.name)).toEqual(['rocky-release', 'bash']);
    expect(asked).toEqual(['rpmdb.sqlite: rpmdb.sqlite rpmdb.sqlite-wal']);
  });

  it('has its release from the package that carries it where os-release is gone', async () => {
    const { rpm } = fakeRpm();
    const host = await observeRoot(fakeFileTree(new Map([['var/lib/rpm/Packages', LIST]])), { rpm });
    expect(host.stream).toBe('rocky:9:x86_64');
  });

  it('keeps the running kernel of the machine itself', async () => {
    const { rpm } = fakeRpm();
    const files = new Map([
      ['var/lib/rpm/Packages.db', LIST],
      ['proc/sys/kernel/osrelease', '5.14.0-427.el9.x86_64\n'],
    ]);
    expect((await observeRoot(fakeFileTree(files), { rpm, live: true })).runningKernel).toBe(
      '5.14.0-427.el9.x86_64',
    );
  });

  it('a Debian host that merely has rpm stays one', async () => {
    const { rpm, asked } = fakeRpm();
    const files = new Map([
      ['var/lib/rpm/rpmdb.sqlite', LIST],
      [
        'var/lib/dpkg/status',
        'Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.4\n',
      ],
    ]);
    expect((await observeRoot(fakeFileTree(files), { rpm })).stream).toBe('debian:12:amd64');
    expect(asked).toEqual([]);
  });

  it.each([
    [{ 'var/lib/rpm/rpmdb.sqlite': '' }, 'no installed package can be read from var/lib/rpm/rpmdb.sqlite'],
    [{}, 'nor an rpm database'],
  ])('%j is refused', async (files, why) => {
    const { rpm } = fakeRpm();
    await expect(observeRoot(fakeFileTree(new Map(Object.entries(files))), { rpm })).rejects.toMatchObject({
      code: 'source-failed',
      message: expect.stringContaining(why),
    });
  });
});
