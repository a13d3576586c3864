import type { Reader } from '#db/client.ts';
import { rulesOf } from './queries.ts';
import { createRedactor, type Redactor } from './redactor.ts';

/**
 * Reads the rules of teams as redactors; null for a team without any. Rules that did not change are not compiled anew,
 * so that asking every few seconds costs a look.
 */
export function createTeamRedactors(db: Reader) {
  const made = new Map<string, { key: string; redactor: Redactor }>();
  return async (teamId: string): Promise<Redactor | null> => {
    const rules = (await rulesOf(db, teamId)).filter(({ enabled }) => enabled);
    if (rules.length === 0) {
      made.delete(teamId);
      return null;
    }
    const key = JSON.stringify(
      rules.map(({ id, kind, pattern, replacement }) => [id, kind, pattern, replacement]),
    );
    const known = made.get(teamId);
    if (known?.key === key) return known.redactor;
    const redactor = createRedactor(rules);
    made.set(teamId, { key, redactor });
    return redactor;
  };
}
