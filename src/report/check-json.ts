import type { CheckReport } from '../contracts/generated/check-report.ts';

/** The report as its schema says, two spaces, one newline at the end. */
export const checkJson = (report: CheckReport): string => `${JSON.stringify(report, null, 2)}\n`;
