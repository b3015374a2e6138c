import type { DocumentKind } from './kinds.ts';

/** What a path of a policy repository is meant to hold. */
export type Slot =
  | { readonly kind: 'document'; readonly document: DocumentKind; readonly id: string }
  | { readonly kind: 'signers' }
  /** A file in a governed folder that no document can be: probably a slip, and certainly not read. */
  | { readonly kind: 'stray'; readonly hint: string }
  | { readonly kind: 'other' };

const SINGLE: Readonly<Record<string, readonly [DocumentKind, string]>> = {
  'patchwarden.json': ['Config', 'patchwarden'],
  'roles.json': ['Roles', 'roles'],
  'pins.json': ['Pins', 'pins'],
};

export const FOLDERS = {
  baselines: 'Baseline',
  exceptions: 'Exception',
  calendars: 'Calendar',
  holds: 'Hold',
} as const satisfies Record<string, DocumentKind>;

/** Where documents of a kind lie, for messages. */
export const HOME_OF = {
  Config: 'patchwarden.json',
  Roles: 'roles.json',
  Pins: 'pins.json',
  Baseline: 'baselines/<id>.json',
  Exception: 'exceptions/<id>.json',
  Calendar: 'calendars/<id>.json',
  Hold: 'holds/<id>.json',
  PatchLock: 'locks/<baseline>/<ring>.lock.json',
} as const satisfies Record<DocumentKind, string>;

export function slotOf(path: string): Slot {
  if (path === 'allowed-signers') return { kind: 'signers' };
  const single = Object.hasOwn(SINGLE, path) ? SINGLE[path] : undefined;
  if (single) return { kind: 'document', document: single[0], id: single[1] };

  const [folder = '', ...rest] = path.split('/');
  if (folder === 'locks') {
    const ring = rest.length === 2 ? /^(.+)\.lock\.json$/.exec(rest[1] ?? '')?.[1] : undefined;
    return ring ? { kind: 'document', document: 'PatchLock', id: ring } : strayIn(path, HOME_OF.PatchLock);
  }
  if (!isFolder(folder)) return { kind: 'other' };
  const document = FOLDERS[folder];
  const id = rest.length === 1 ? /^(.+)\.json$/.exec(rest[0] ?? '')?.[1] : undefined;
  return id ? { kind: 'document', document, id } : strayIn(path, HOME_OF[document]);
}

const isFolder = (name: string): name is keyof typeof FOLDERS => Object.hasOwn(FOLDERS, name);

/** Notes beside documents are fine; anything that looks like a document is not, because nobody would read it. */
const strayIn = (path: string, hint: string): Slot =>
  /(^|\/)(\.git(keep|ignore|attributes)|[^/]+\.(md|txt))$/i.test(path)
    ? { kind: 'other' }
    : { kind: 'stray', hint };
