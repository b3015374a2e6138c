import { attributeOf, childOf, childrenOf, parseXml, textOf } from '../util/xml.ts';
import { compareRpm } from './version/rpm.ts';

type Operator = '=' | '<' | '>' | '<=' | '>=';

/** A capability that a package gives or needs, such as `libssl.so.3()(64bit)`, `/bin/sh` or `openssl-libs = 1:3.0.7-27`. */
export interface Relation {
  readonly name: string;
  readonly operator: Operator | null;
  /** `[epoch:]version[-release]`; null without an operator. */
  readonly evr: string | null;
}

export interface Relations {
  readonly provides: readonly Relation[];
  readonly requires: readonly Relation[];
}

const OPERATORS: Readonly<Record<string, Operator>> = { EQ: '=', LT: '<', GT: '>', LE: '<=', GE: '>=' };

/** What a `<package>` element gives (its files of note included) and needs. */
export function relationsOf(stanza: string): Relations {
  const format = childOf(childOf(parseXml(stanza), 'package'), 'format');
  const list = (kind: string): readonly Relation[] =>
    childrenOf(childOf(format, `rpm:${kind}`), 'rpm:entry').map((e) => {
      const operator = OPERATORS[attributeOf(e, 'flags')] ?? null;
      return { name: attributeOf(e, 'name'), operator, evr: operator ? evrOf(e) : null };
    });
  const files = childrenOf(format, 'file').map((f) => ({ name: textOf(f), operator: null, evr: null }));
  return {
    provides: [...list('provides'), ...files],
    // rpmlib() is about rpm itself; a condition in parentheses can only be judged by a solver.
    requires: list('requires').filter((r) => !r.name.startsWith('rpmlib(') && !r.name.startsWith('(')),
  };
}

function evrOf(entry: Parameters<typeof attributeOf>[0]): string {
  const [epoch, version, release] = ['epoch', 'ver', 'rel'].map((n) => attributeOf(entry, n));
  return `${epoch && epoch !== '0' ? `${epoch}:` : ''}${version}${release ? `-${release}` : ''}`;
}

/**
 * True when what is given meets what is needed. A capability without a version meets only a need without one, as in dnf;
 * releases count only where both name one.
 */
export function meets(given: Relation, needed: Relation): boolean {
  if (given.name !== needed.name) return false;
  if (needed.operator === null || needed.evr === null) return true;
  if (given.operator === null || given.evr === null) return false;
  const release = (evr: string): boolean => evr.includes('-');
  const both = release(given.evr) && release(needed.evr);
  const cut = (evr: string): string => (both ? evr : evr.replace(/-[^-]*$/, ''));
  const order = compareRpm(cut(given.evr), cut(needed.evr));
  const [x, y] = [given.operator, needed.operator];
  // At one version ranges meet in that version, or because they go the same way from it.
  if (order === 0) return (x.includes('=') && y.includes('=')) || x[0] === y[0];
  // The given range reaches to where the needed one is.
  if (order < 0) return y.startsWith('<') || x.startsWith('>');
  return y.startsWith('>') || x.startsWith('<');
}
