import { MAX_ENTRY_BYTES } from '../util/tlog/bundle.ts';

/** Bytes that one entry of an intent may take: what an entry of the log holds, with room for `part` and `parts`. */
export const INTENT_ROOM = MAX_ENTRY_BYTES - 100;
