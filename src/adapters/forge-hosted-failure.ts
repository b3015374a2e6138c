import { PatchwardenError } from '../domain/errors.ts';
import { HostedFailure } from './hosted-api.ts';

const CODES = {
  missing: 'usage',
  exists: 'lease-lost',
  refused: 'forge-failed',
  limited: 'forge-limited',
  unknown: 'forge-failed',
} as const;

/** Failures of the API in the words of the port. */
export async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HostedFailure)
      throw new PatchwardenError(CODES[error.kind], error.message, { cause: error });
    throw error;
  }
}

/** Somebody pushed to the branch after the look at it: then it stays. */
export function ignoreLostLease(error: unknown): void {
  if (!(error instanceof PatchwardenError) || error.code !== 'lease-lost') throw error;
}

/** Why a listing is not whole; undefined for what is no failure of the forge. */
export function listingFailure(error: unknown): string | undefined {
  if (error instanceof HostedFailure) return error.message;
  if (error instanceof PatchwardenError && error.code === 'forge-failed') return error.message;
  return undefined;
}
