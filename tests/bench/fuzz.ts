import { CLOSED_DOORS } from '../fuzz/closed-doors.ts';
import { startFuzzed } from '../fuzz/product.ts';
import { HTTP_KINDS, runFuzz } from '../fuzz/run-fuzz.ts';
import { Witness } from '../fuzz/witness.ts';
import type { Goal } from './harness.ts';

/** The run ends after so long, on however slow a machine. */
const MOST_SECONDS = 3600;

/** Issue 4 and security K7, N4, U10: the long run of the fuzz; tests/e2e/fuzz.spec.ts is the short one. */
export const fuzz: Goal = {
  id: 'fuzz',
  title: 'Whatever comes in at any door, nothing fails, ends or tells a secret',
  method:
    'Requests from the schemas of every REST route, server action, page and socket event, spoilt, as anonymous, ' +
    'weak and strong actors and with the secrets of SCIM, senders, calendars and links, against a product of its own whose secrets are canaries. ' +
    '--requests (100000) and --seed; the same seed makes the same requests.',
  async *run({ requests, seed }) {
    const { stack, secrets, logoutToken } = await startFuzzed();
    const witness = new Witness(secrets);
    try {
      const options = { seed, requests, seconds: MOST_SECONDS, witness, logoutToken, whole: HTTP_KINDS };
      const report = await runFuzz(stack, () => stack.output.text, options);
      yield {
        ...{ bench: 'fuzz', case: 'all doors', ...report },
        ...{ perSecond: Math.round(report.sent / report.seconds), findings: witness.findings },
      };
      const shut = Object.keys(report.closed).filter((name) => !Object.hasOwn(CLOSED_DOORS, name));
      yield { bench: 'fuzz', case: 'doors that nothing came through, without a reason', shut };
      if (witness.findings.length + shut.length > 0) process.exitCode = 1;
    } finally {
      await stack.stop();
    }
  },
};
