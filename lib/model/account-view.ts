import type { Theme } from './appearance.ts';

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

/** What people see and decide about themselves. */
export interface OwnProfileView {
  email: string;
  name: string;
  /** IANA zone; null: the one of the browser. */
  timeZone: string | null;
  /** Null: what each browser keeps. */
  theme: Theme | null;
}

export interface PasskeyView {
  id: string;
  name: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  /** Kept by a password manager, so that losing one device does not lose it. */
  isBackedUp: boolean;
}

/** By what somebody can sign in. */
export interface OwnSignInView {
  hasPassword: boolean;
  /** Null: never since the account was made. */
  passwordChangedAt: Date | null;
  /** When codes of an authenticator app were switched on; null: they are off. */
  secondFactorSince: Date | null;
  recoveryCodesLeft: number;
  passkeys: PasskeyView[];
}
