import type { PolicyEngine } from '../../src/ports/policy-engine.ts';

/** An engine that is asked an equal question once only: whoever asks it host by host waits less and hears the same. */
export function remembering(engine: PolicyEngine): PolicyEngine {
  const once = <I, O>(ask: (input: I) => O): ((input: I) => O) => {
    const answers = new Map<string, O>();
    return (input) => {
      const key = JSON.stringify(input);
      const answer = answers.get(key) ?? ask(input);
      answers.set(key, answer);
      return answer;
    };
  };
  const decide = once(engine.decide);
  return {
    ...engine,
    approve: once(engine.approve),
    decide,
    decideAll: async (inputs) => inputs.map(decide),
  };
}
