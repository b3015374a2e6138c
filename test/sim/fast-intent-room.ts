/** Stands in for src/contracts/intent-room.ts while simulating: every package is a part of its own. */
export const INTENT_ROOM = 1;
