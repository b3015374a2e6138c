/** The id of CISA's publisher of SSVC. */
export const CISA_ORG = '134c704f-9b21-4f2e-91b3-4a467353bcc0';

type Json = Readonly<Record<string, unknown>>;

/** A metric with an SSVC assessment of CVE-2024-0001. */
export const ssvcMetric = (exploitation: string, automatable: string, impact: string, over: Json = {}) => ({
  other: {
    type: 'ssvc',
    content: {
      id: 'CVE-2024-0001',
      timestamp: '2024-06-13T14:20:47.271139Z',
      options: [{ Exploitation: exploitation }, { Automatable: automatable }, { 'Technical Impact': impact }],
      ...over,
    },
  },
});

/** A CVE record of a CNA and CISA's publisher, with these metrics. */
export const cveRecord = (over: {
  readonly cve?: string;
  readonly state?: string;
  readonly updated?: string;
  readonly cna?: readonly object[];
  readonly adp?: readonly object[];
  readonly provider?: Json;
}) => ({
  dataType: 'CVE_RECORD',
  cveMetadata: {
    cveId: over.cve ?? 'CVE-2024-0001',
    state: over.state ?? 'PUBLISHED',
    dateUpdated: over.updated ?? '2024-05-02T00:00:00Z',
  },
  containers: {
    cna: {
      providerMetadata: { shortName: 'redhat', dateUpdated: '2024-05-01T00:00:00Z' },
      metrics: over.cna ?? [],
    },
    adp: [
      {
        providerMetadata: over.provider ?? { shortName: 'CISA-ADP', orgId: CISA_ORG },
        metrics: over.adp ?? [],
      },
    ],
  },
});
