import type { StatusReport } from '../contracts/generated/status-report.ts';

/** Keys in the order of the schema; equal reports are equal bytes. */
export const statusJson = (report: StatusReport): string => `${JSON.stringify(report, null, 2)}\n`;
