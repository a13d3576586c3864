/** An API key as people see it: of the key itself only its last four characters. */
export interface ApiKeyView {
  id: string;
  name: string;
  lastFour: string;
  scopes: readonly string[];
  state: 'active' | 'expired' | 'revoked';
  createdByEmail: string | null;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
}

/** A live session of the person who looks. */
export interface SessionView {
  id: string;
  isCurrent: boolean;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
  ip: string | null;
  userAgent: string | null;
}
