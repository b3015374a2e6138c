/** Why something waits or was left, in words; what is no known reason stays as it is. */
export const waitWords = (reason: string, detail?: string): string =>
  `${WORDS[reason] ?? reason}${detail === undefined ? '' : ` (${detail})`}`;

const WORDS: Readonly<Record<string, string>> = {
  'foreign-commit': 'somebody else pushed to its branch',
  held: 'its label asks for it',
  limit: 'the limit of open proposals is reached',
  'owner-limit': 'the limit of open proposals of its owner is reached',
  'hour-limit': 'the limit of new proposals within an hour is reached',
  schedule: 'new pull requests wait for their calendar',
  deadline: 'past a limit, for it is due within three days',
  rollback: 'outside of its calendar, for what failed goes back at once',
  expedited: 'outside of its calendar, for the expedited lane waits for none',
  growth: 'it would touch more hosts than it may, until the label patchwarden/rebase makes it anew',
  'branch-taken': 'its branch is taken',
  'in-flight': 'the generation before it is not proven yet',
  cadence: 'the cadence of the baseline allows no new generation yet',
  'rollback-first': 'what failed in this ring goes back first',
  'rate-limited': 'the forge, or our own pace, lets us write again only later',
  conflict: 'it no longer merged',
  asked: 'somebody asked for it',
  obsolete: 'nothing of it is wanted any more',
  duplicate: 'another one is the same proposal',
  'lease-lost': 'somebody else was faster',
  'forge-failed': 'the forge refused or failed',
};
