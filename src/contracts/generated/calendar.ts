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
  /**
   * @maxItems 50
   */
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
  /**
   * Days of the zone, from and until included; a freeze beats every window.
   *
   * @maxItems 500
   */
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
  /**
   * What a host that is not done when its window closes may do: stop where it is until the next window, or go on to its end, but never into a freeze. The way back is always free.
   */
  overrun?: 'stop' | 'finish-host';
}
