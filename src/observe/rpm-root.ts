import { PatchwardenError } from '../domain/errors.ts';
import type { FileTree } from '../ports/file-tree.ts';
import type { RpmDatabase, RpmDatabaseFile } from '../ports/rpm-database.ts';
import { parseRpmQa, RPM_QA_FORMAT, type RpmQa } from './rpm-qa.ts';

/** Where distributions keep the database: the second since Fedora 36 and on image-based systems. */
const PLACES = ['var/lib/rpm', 'usr/lib/sysimage/rpm'] as const;
/** The newest form first: an upgrade may leave the old file behind. */
const DATABASES: readonly RpmDatabaseFile[] = ['rpmdb.sqlite', 'Packages.db', 'Packages'];
const BESIDE = ['rpmdb.sqlite-wal', 'Index.db'];
const MAX_DATABASE = 1 << 30;

/**
 * Installed packages of an rpm root directory; undefined when there is no rpm database.
 * @throws PatchwardenError `source-failed` when there is one that cannot be read, or that is empty
 */
export async function readRpmRoot(tree: FileTree, rpm: RpmDatabase | undefined): Promise<RpmQa | undefined> {
  for (const place of PLACES) {
    const names = new Set(await tree.list(place));
    const database = DATABASES.find((d) => names.has(d));
    if (database === undefined) continue;
    if (rpm === undefined)
      throw new PatchwardenError(
        'source-failed',
        `${tree.label} is an rpm host, whose database is not read here`,
      );
    const files = new Map<string, Uint8Array>();
    for (const name of [database, ...BESIDE.filter((b) => names.has(b))]) {
      const bytes = await tree.read(`${place}/${name}`, { maxBytes: MAX_DATABASE });
      if (bytes !== undefined) files.set(name, bytes);
    }
    const text = await rpm.query(database, files, RPM_QA_FORMAT);
    const read = parseRpmQa(text, { label: `${place}/${database}` });
    if (read.components.length === 0)
      throw new PatchwardenError(
        'source-failed',
        `${tree.label}: no installed package can be read from ${place}/${database}`,
      );
    return read;
  }
  return undefined;
}
