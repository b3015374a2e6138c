import {
  type DoctorCheck,
  type DoctorCode,
  failed,
  fine,
  unanswered,
  untold,
  warned,
} from '../../domain/doctor.ts';
import type { BranchRules, RequiredCheck, Told } from '../../ports/forge-inspector.ts';

/** Context that reconcile posts at the head of each pull request. */
const CHECK = 'patchwarden/change';
const ADMIN =
  'run doctor once with the token of an administrator (GitHub: rulesets can be read by all, protections by administrators or an App with administration: read)';

interface Wanted {
  readonly branch: string;
  /** Reviews that roles.json asks for. */
  readonly approvals: number;
  /** Whether there are rings that merge by themselves, and whether the forge does that. */
  readonly autoRings: boolean;
  readonly autoMerge: Told<boolean>;
}

/** The protected branch: what lands there must be a reviewed pull request that the bot did not land itself. */
export function judgeBase(rules: BranchRules, wanted: Wanted): readonly DoctorCheck[] {
  const { branch, approvals, autoRings } = wanted;
  const counted = autoRings && requires(rules.checks);
  const rule = `in the protection or ruleset of ${branch}`;
  return [
    told('branch-protected', rules.protected, (is) =>
      is
        ? fine('branch-protected', `${branch} is protected`)
        : failed('branch-protected', `${branch} is not protected`, `add a ruleset for ${branch}`),
    ),
    told('pull-requests-required', rules.pullRequests, (is) =>
      is
        ? fine('pull-requests-required', 'changes need a pull request')
        : failed(
            'pull-requests-required',
            `commits can be pushed to ${branch} without a pull request`,
            `require pull requests ${rule}`,
          ),
    ),
    told('reviews-required', rules.approvals, (count) =>
      count >= approvals || counted
        ? fine(
            'reviews-required',
            `a pull request needs ${count} approving reviews${count < approvals ? `, and ${CHECK} counts the rest` : ''}`,
          )
        : failed(
            'reviews-required',
            `a pull request needs ${count} approving reviews, and roles.json asks for ${approvals}: it could be merged and then not be believed`,
            `require ${approvals} approving reviews ${rule}`,
          ),
    ),
    told('stale-reviews', rules.staleDismissed, (is) =>
      is
        ? fine('stale-reviews', 'new commits dismiss reviews of older ones')
        : failed(
            'stale-reviews',
            'a review stays when new commits come after it',
            `dismiss stale reviews ${rule}`,
          ),
    ),
    told('check-required', rules.checks, (checks) => requiredCheck(checks, rule)),
    autoMerges(rules, wanted, rule),
    rewrites('branch-rewrites', branch, rules),
    told('nobody-bypasses', rules.nobodyBypasses, (is) =>
      is
        ? fine('nobody-bypasses', 'the rules include administrators, and nobody may bypass them')
        : warned(
            'nobody-bypasses',
            'administrators, or somebody on a list, may bypass the rules; what they land is not believed',
            `include administrators and empty the bypass lists ${rule}`,
          ),
    ),
    told('bot-bypass', rules.botBypasses, (is) =>
      is
        ? failed(
            'bot-bypass',
            `the account of the token can land commits on ${branch} past the rules`,
            `take it off the bypass and push lists ${rule}, and make it no administrator`,
          )
        : fine('bot-bypass', 'the account of the token cannot bypass the rules'),
    ),
  ];
}

/** The branch of the log: the bot must be able to push to it, and nobody to rewrite it. */
export function judgeEvidence(rules: BranchRules): readonly DoctorCheck[] {
  return [
    rewrites('evidence-rewrites', 'patchwarden/evidence', rules),
    told('evidence-writable', rules.botMayPush, (may) =>
      may
        ? fine('evidence-writable', 'the bot may push to patchwarden/evidence')
        : failed(
            'evidence-writable',
            'rules keep the bot from pushing to patchwarden/evidence',
            'give that branch a rule of its own that forbids force-pushes and deletion alone',
          ),
    ),
  ];
}

function requiredCheck(checks: readonly RequiredCheck[], rule: string): DoctorCheck {
  const code = 'check-required';
  const found = checks.find((c) => c.context === CHECK);
  return found
    ? fine(code, `the check ${CHECK} must pass, ${found.pinned ? 'from one app alone' : 'whoever posted it'}`)
    : failed(code, `the check ${CHECK} need not pass`, `require the status check ${CHECK} ${rule}`);
}

const requires = (checks: Told<readonly RequiredCheck[]>): boolean =>
  'value' in checks && checks.value.some((c) => c.context === CHECK);

/** What rings with `merge: auto` need from the forge. */
function autoMerges(rules: BranchRules, { autoRings, autoMerge }: Wanted, rule: string): DoctorCheck {
  const code = 'auto-merge';
  if (!autoRings) return fine(code, 'no ring merges by itself');
  const left = 'rings with merge: auto are left to people';
  if ('value' in rules.checks && !requires(rules.checks))
    return warned(
      code,
      `${left}: nothing holds back a merge until ${CHECK} is green`,
      `require the status check ${CHECK} ${rule}`,
    );
  if ('value' in rules.approvals && rules.approvals.value > 0)
    return warned(
      code,
      `the forge waits for ${rules.approvals.value} approving reviews in rings with merge: auto too`,
      `require no approving reviews ${rule}: ${CHECK} counts those that are needed`,
    );
  return told(code, autoMerge, (is) =>
    is
      ? fine(code, 'the forge merges by itself what needs nobody')
      : warned(code, `${left}: the repository does not allow auto-merge`, 'allow auto-merge in its settings'),
  );
}

function rewrites(
  code: 'branch-rewrites' | 'evidence-rewrites',
  branch: string,
  { forcePushForbidden, deletionForbidden }: BranchRules,
): DoctorCheck {
  return told(code, forcePushForbidden, (push) =>
    told(code, deletionForbidden, (deletion) =>
      push && deletion
        ? fine(code, `${branch} can be neither rewritten nor deleted`)
        : failed(
            code,
            `${branch} can be ${[...(push ? [] : ['rewritten']), ...(deletion ? [] : ['deleted'])].join(' and ')}`,
            `forbid force-pushes and deletion for ${branch}`,
          ),
    ),
  );
}

function told<T>(code: DoctorCode, asked: Told<T>, judge: (value: T) => DoctorCheck): DoctorCheck {
  if ('value' in asked) return judge(asked.value);
  const sentence = `not known: ${asked.why}`;
  return asked.because === 'not-told' ? untold(code, sentence, ADMIN) : unanswered(code, sentence, ADMIN);
}
