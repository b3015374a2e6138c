import { acceptedFindings } from '../assess/fleet/accepted.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import type { AcceptedRisk } from '../domain/accepted-risk.ts';
import type { Instant } from '../domain/time.ts';
import { openAssessedFleet } from './status.ts';
import type { Wire } from './wire.ts';

export async function fleetVex(
  wire: Pick<Wire, 'stateStore' | 'fleetStore' | 'policy' | 'rules' | 'ownPolicy' | 'programDigest'>,
  input: { readonly repo: string; readonly documents: PolicyDocuments; readonly asOf: Instant },
): Promise<AcceptedRisk> {
  const { store, close } = await openAssessedFleet(wire, input);
  try {
    const { config, exceptions } = input.documents;
    const accepted = await acceptedFindings(store);
    return { repository: config.repository, asOf: input.asOf, exceptions, accepted };
  } finally {
    await close();
  }
}
