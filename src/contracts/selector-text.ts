import { PatchwardenError } from '../domain/errors.ts';
import { quote } from '../util/printable.ts';
import type { Selector, Term } from './generated/baseline.ts';
import { parseJsonDocument } from './load-json.ts';
import { validateSelector } from './validate.ts';

const TERM = /^([a-z][a-z0-9._-]{0,62})(=|!=|\^=)(.+)$/s;
const LABEL = /^(!?)([a-z][a-z0-9._-]{0,62})$/;

/**
 * A selector as a person types it. One text that starts with `{` is the JSON of documents; else each text is a term,
 * and all must hold: `label=a,b` (one of), `label!=a,b` (none of, or not there), `label^=a` (starts with), `label`, `!label`.
 * @throws PatchwardenError `usage`
 */
export function parseSelector(texts: readonly string[]): Selector {
  const [first = ''] = texts;
  return texts.length === 1 && first.trimStart().startsWith('{')
    ? fromJson(first)
    : { all: texts.map(termOf) };
}

function fromJson(text: string): Selector {
  const parsed = parseJsonDocument(text, { file: '--select' });
  if (!parsed.ok) throw wrong(text, parsed.error[0]?.message ?? 'it is no JSON');
  const [error] = validateSelector(parsed.value.value);
  if (error) throw wrong(text, `${error.instancePath || '/'} ${error.message ?? error.keyword}`);
  return parsed.value.value as Selector;
}

function termOf(text: string): Term {
  const [, not, alone] = LABEL.exec(text) ?? [];
  if (alone !== undefined) return { label: alone, exists: not === '' };
  const [, label, operator, value] = TERM.exec(text) ?? [];
  if (label === undefined || value === undefined)
    throw wrong(text, 'write label=value, label!=value, label^=start, label, !label, or a selector in JSON');
  if (operator === '^=') return { label, prefix: value };
  return operator === '=' ? { label, in: value.split(',') } : { label, notIn: value.split(',') };
}

const wrong = (text: string, why: string): PatchwardenError =>
  new PatchwardenError('usage', `--select ${quote(text)} is no selector: ${why}`);

/** The same words for a selector of a document; everything is selected where it has no term. */
export function selectorText({ all = [], any, none = [] }: Selector): string {
  const parts = [
    ...all.map(termText),
    ...(any ? [`one of (${any.map(termText).join(', ')})`] : []),
    ...(none.length > 0 ? [`none of (${none.map(termText).join(', ')})`] : []),
  ];
  return parts.length === 0 ? 'everything' : parts.join(' and ');
}

function termText({ label, in: one, notIn, prefix, exists }: Term): string {
  if (one) return `${label}=${one.join(',')}`;
  if (notIn) return `${label}!=${notIn.join(',')}`;
  if (prefix !== undefined) return `${label}^=${prefix}`;
  return exists === true ? label : `!${label}`;
}
