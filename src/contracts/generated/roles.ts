/** Generated from schemas/roles.schema.json by npm run generate; do not edit. */

/**
 * Accounts on a forge by their number, such as github:583231: names change hands, numbers do not. All of them are this one person.
 */
export type Accounts = string[];
export type Members = string[];

/**
 * People, their signing principals and teams, and who may do what. Signatures are checked against allowed-signers.
 */
export interface Roles {
  $schema?: string;
  apiVersion: 'patchwarden/v1';
  kind: 'Roles';
  id: 'roles';
  people: {
    /**
     * Identifier; for a document also its file name.
     */
    id: string;
    /**
     * Principals of allowed-signers (e-mail addresses); all of them are this one person.
     *
     * @minItems 1
     */
    principals: string[];
    accounts?: Accounts;
    /**
     * Items: Identifier; for a document also its file name.
     */
    teams?: string[];
  }[];
  bot: {
    /**
     * @minItems 1
     */
    principals: string[];
    accounts?: Accounts;
  };
  roles: {
    author: Members;
    approver: Members;
    merger: Members;
    operator?: Members;
    auditor?: Members;
  };
  /**
   * What a change needs before it may land.
   */
  approvals?: {
    required?: number;
    /**
     * The change rules up to this edition judge; newer ones do not judge what was merged under an older one.
     */
    edition?: number;
    /**
     * A risk accepted for more days than this needs one approval more, and two teams.
     */
    exceptionDays?: number;
    /**
     * So does one that was renewed more often than this.
     */
    exceptionRenewals?: number;
  };
  log: {
    /**
     * Verifier key of the evidence log (C2SP signed-note).
     */
    key: string;
  };
}
