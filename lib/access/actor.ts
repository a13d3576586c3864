import type { KeyScope, Permission } from './permissions.ts';

/** Where an act came from; stands on every audit row. */
export interface Origin {
  ip: string | null;
  userAgent: string | null;
  requestId: string;
}

/** A signed-in person acting in one team. */
export interface UserActor {
  kind: 'user';
  userId: string;
  sessionId: string;
  email: string;
  name: string;
  teamId: string;
  /** What the roles of this person are called, as the console shows it. */
  role: string;
  /** What the roles in the team and the global ones add up to. */
  permissions: ReadonlySet<Permission>;
  /** When the person last proved who they are, Unix milliseconds: when they signed in, or before at their provider. */
  signedInAtMs: number;
  origin: Origin;
}

/** An API key acting in its team. */
export interface KeyActor {
  kind: 'key';
  keyId: string;
  keyName: string;
  teamId: string;
  scopes: readonly KeyScope[];
  origin: Origin;
}

/** A named loop or start-up step of ours; holds exactly the permissions its maker lists. */
export interface SystemActor {
  kind: 'system';
  name: string;
  teamId: string;
  grants: readonly Permission[];
  origin: Origin;
}

export type Actor = UserActor | KeyActor | SystemActor;
