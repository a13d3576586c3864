import { z } from 'zod';
import type { Theme } from './appearance.ts';

/** An API key as people see it: of the key itself only its last four characters. Times are Unix milliseconds. */
export const apiKeyViewSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  lastFour: z.string(),
  scopes: z.array(z.string()),
  /** Addresses and CIDRs that it may be used from; none: from anywhere. */
  allowedRanges: z.array(z.string()),
  state: z.enum(['active', 'expired', 'revoked']),
  createdByEmail: z.string().nullable(),
  /** Whether that person can't act in the team any more. The key belongs to the team and goes on. */
  makerIsGone: z.boolean(),
  /** Last four characters of the key that takes its place. */
  replacedBy: z.string().nullable(),
  createdAt: z.number(),
  expiresAt: z.number().nullable(),
  lastUsedAt: z.number().nullable(),
  lastUsedIp: z.string().nullable(),
});
export type ApiKeyView = z.infer<typeof apiKeyViewSchema>;

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
