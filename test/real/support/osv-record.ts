/** An advisory of high severity that one version of one package fixes, in the form of OSV. */
export const osvRecord = (
  id: string,
  { ecosystem = 'Debian:12', name, fixed }: { ecosystem?: string; name: string; fixed: string },
) => ({
  schema_version: '1.6.0',
  id,
  published: '2026-10-01T00:00:00Z',
  modified: '2026-10-02T00:00:00Z',
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  affected: [
    {
      package: { ecosystem, name },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
    },
  ],
});
