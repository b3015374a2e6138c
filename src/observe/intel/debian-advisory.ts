import type { AdvisoryRow } from '../../contracts/generated/fleet-rows.ts';
import { shortText } from './reading.ts';

type Told = Pick<AdvisoryRow, 'advisory' | 'kind' | 'published' | 'feed' | 'summary'>;

/** An advisory of Debian's own lists: they tell neither aliases nor severities, and take nothing back. */
export const debianAdvisory = ({ summary, ...told }: Told): AdvisoryRow => ({
  ...told,
  summary: shortText(summary, 300),
  aliases: [],
  related: [],
  modified: null,
  withdrawn: null,
  severity: 'unknown',
  severitySource: 'none',
  score: null,
});
