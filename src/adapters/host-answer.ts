import { validateKind } from '../contracts/validate.ts';
import { type ErrorCode, PatchwardenError } from '../domain/errors.ts';
import { asObject, asString, parseJsonData } from '../util/json-data.ts';
import { printable } from '../util/printable.ts';
import { MAX_ANSWER } from './host-channel.ts';

/** Codes that a host may use for itself; whatever else it says is `host-failed`. */
const CODES: ReadonlySet<string> = new Set(['lease-lost', 'refused', 'digest-mismatch', 'bad-document']);

/**
 * What a host answered: hostile bytes until here.
 * @returns the value of `ok`
 * @throws PatchwardenError with the host's own code when it refuses, `digest-mismatch` when it is no answer at all
 */
export function readAnswer(bytes: Uint8Array, asset: string): unknown {
  const parsed = parseJsonData(bytes, 'its answer', { maxBytes: MAX_ANSWER, maxDepth: 12 });
  if (!parsed.ok) throw strange(asset, parsed.message);
  const answer = asObject(parsed.value);
  const error = asObject(answer?.error);
  if (error !== undefined) {
    const code = asString(error.code) ?? '';
    const words = printable(asString(error.message) ?? 'it gives no reason').slice(0, 1000);
    throw new PatchwardenError(CODES.has(code) ? (code as ErrorCode) : 'host-failed', `${asset}: ${words}`);
  }
  if (answer === undefined || !Object.hasOwn(answer, 'ok'))
    throw strange(asset, 'it is neither ok nor error');
  return answer.ok;
}

/** A value of one of the schemas. @throws PatchwardenError `digest-mismatch` */
export function checkedAnswer<T>(kind: 'host-status' | 'host-receipt', value: unknown, asset: string): T {
  const [first] = validateKind(kind, value);
  if (first !== undefined)
    throw strange(asset, `as a ${kind}, ${first.instancePath || 'it'} ${first.message ?? 'is wrong'}`);
  return value as T;
}

export const strange = (asset: string, why: string) =>
  new PatchwardenError(
    'digest-mismatch',
    `${asset}: what answers is not the helper that was sent, or it is broken: ${printable(why).slice(0, 400)}`,
  );
