/** Generated from schemas/calendar.schema.json by npm run generate; do not edit. */

/**
 * When hosts may be changed. A freeze beats a window.
 */
export interface Calendar {
  $schema?: string;
  apiVersion: 'patchwarden/v1';
  kind: 'Calendar';
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  description?: string;
  /**
   * IANA time zone, such as Europe/Berlin.
   */
  zone: string;
  windows: {
    /**
     * Identifier; for a document also its file name.
     */
    id: string;
    /**
     * RFC 5545 RRULE without DTSTART, such as FREQ=MONTHLY;BYDAY=2TU.
     */
    recurrence: string;
    /**
     * Days after each recurrence, such as 3 days after the second Tuesday.
     */
    offsetDays?: number;
    start: string;
    minutes: number;
  }[];
  freezes?: {
    /**
     * Identifier; for a document also its file name.
     */
    id: string;
    /**
     * Calendar day (UTC), YYYY-MM-DD.
     */
    from: string;
    /**
     * Calendar day (UTC), YYYY-MM-DD.
     */
    until: string;
    reason: string;
  }[];
  overrun?: 'stop' | 'finish-host';
}
