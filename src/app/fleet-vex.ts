import { type AcceptedFinding, acceptedFindings } from '../assess/fleet/accepted.ts';
import type { Exception } from '../contracts/generated/exception.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import type { Instant } from '../domain/time.ts';
import { openAssessedFleet } from './status.ts';
import type { Wire } from './wire.ts';

/** Everything that exceptions accept at a moment, to be told to readers outside. */
interface FleetVex {
  readonly repository: string;
  readonly asOf: Instant;
  readonly exceptions: readonly Exception[];
  readonly accepted: readonly AcceptedFinding[];
}

export async function fleetVex(
  wire: Pick<Wire, 'stateStore' | 'fleetStore' | 'policy' | 'rules' | 'ownPolicy'>,
  input: { readonly repo: string; readonly documents: PolicyDocuments; readonly asOf: Instant },
): Promise<FleetVex> {
  const { store } = await openAssessedFleet(wire, input);
  try {
    const { config, exceptions } = input.documents;
    const accepted = await acceptedFindings(store);
    return { repository: config.repository, asOf: input.asOf, exceptions, accepted };
  } finally {
    await store.close();
  }
}
