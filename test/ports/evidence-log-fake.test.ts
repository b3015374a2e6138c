import { describe } from 'vitest';
import { fakeEvidenceLog, type SharedLog } from '../support/fakes/evidence-log.ts';
import { evidenceLogConformance } from './evidence-log.conformance.ts';

describe('the evidence log in memory', () => {
  evidenceLogConformance(async () => {
    const shared: SharedLog = { entries: [] };
    return {
      a: fakeEvidenceLog(shared),
      b: fakeEvidenceLog(shared),
      meanwhile: (work) => {
        shared.meanwhile = work;
      },
    };
  });
});
