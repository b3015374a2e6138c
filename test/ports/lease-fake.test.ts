import { instantOf } from '../../src/domain/time.ts';
import { fakeLease, sharedLease } from '../support/fakes/lease.ts';
import { leaseConformance } from './lease.conformance.ts';

leaseConformance('in memory', async () => {
  const shared = sharedLease();
  let at = Date.parse('2024-10-24T12:00:00Z');
  return {
    open: () => fakeLease(shared, { now: () => instantOf(at) }),
    pass: (seconds) => void (at += seconds * 1000),
  };
});
