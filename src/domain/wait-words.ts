/** Why something waits or was left, in words; what is no known reason stays as it is. */
export const waitWords = (reason: string): string => WORDS[reason] ?? reason;

const WORDS: Readonly<Record<string, string>> = {
  'foreign-commit': 'somebody else pushed to its branch',
  held: 'its label asks for it',
  limit: 'the limit of open proposals is reached',
  'owner-limit': 'the limit of open proposals of its owner is reached',
  'hour-limit': 'the limit of new proposals within an hour is reached',
  deadline: 'past a limit, for it is due within three days',
  'branch-taken': 'its branch is taken',
  'in-flight': 'the generation before it is not proven yet',
  cadence: 'the cadence of the baseline allows no new generation yet',
  'rollback-first': 'what failed in this ring goes back first',
  'rate-limited': 'the forge, or our own pace, lets us write again only later',
  conflict: 'it no longer merged',
  asked: 'a label asked for it',
  obsolete: 'nothing of it is wanted any more',
  duplicate: 'another one is the same proposal',
  'lease-lost': 'somebody else was faster',
  'forge-failed': 'the forge refused or failed',
};
