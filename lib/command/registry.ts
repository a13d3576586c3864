import type { Permission } from '#lib/access/permissions.ts';

export interface RegisteredVerb {
  kind: 'command' | 'query';
  name: string;
  permission: Permission;
  /** The command or query itself, for tests that try every one there is. */
  definition: object;
  /** What the ledger calls an act of a command; queries leave rows of refusals only. */
  audit?: { action: string; target: string };
}

const verbs: RegisteredVerb[] = [];

export function registerVerb(verb: RegisteredVerb): void {
  verbs.push(verb);
}

/** Every command and query whose module was loaded, for the listing tests (security Z1). */
export function registeredVerbs(): readonly RegisteredVerb[] {
  return verbs;
}
