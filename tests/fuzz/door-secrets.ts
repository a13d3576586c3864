import { hash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { DbHandle } from '#db/client.ts';
import { alertIntegrations, silences } from '#db/schema/alerts.ts';
import { notifications } from '#db/schema/notifications.ts';
import { schedules } from '#db/schema/on-call.ts';
import { repositories } from '#db/schema/repositories.ts';
import { invitations, passwordResets, scimGroups, scimTokens, signInChallenges } from '#db/schema/sign-in.ts';
import { hashIntegrationSecret, makeIntegrationSecret } from '#lib/alerts/integrations/secret.ts';
import { randomToken } from '#lib/kernel/ids.ts';
import { hashScimToken, makeScimToken } from '#lib/members/provisioning/token.ts';
import { hashToken } from '#lib/members/session-token.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { createAckTokens } from '#lib/notifications/ack-token.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import { makeUser } from '#lib/testing/factories.ts';
import { makeAlert, makeMessage } from '#lib/testing/notifications.ts';

/** What opens the doors that ask for neither a session nor an API key, good until the next round. */
export interface DoorSecrets {
  /** Of a provisioning client, who keeps people through SCIM. */
  provisioning: string;
  /** Of a system that sends alerts. */
  integration: { id: string; secret: string };
  /** An API key that may silence, which a sender may not. */
  writeKey: string;
  /** Of the webhook of a repository. */
  webhook: { id: string; secret: string };
  /** The secret part of the address of an on-call calendar. */
  calendar: string;
  /** The signed part of a link that acknowledges an alert, once. */
  acknowledgement: string;
  invitation: string;
  passwordReset: string;
  /** Of the cookie between a right password and its second factor. */
  secondStep: string;
  /** By which the identity provider says once that it signed somebody out. */
  logoutToken: string;
}

/** For whom they are made. */
export interface DoorPeople {
  teamId: string;
  /** Whose invitations count. */
  inviterId: string;
  /** Whose link acknowledges. */
  responderId: string;
  /** Who forgot the password. */
  forgetfulId: string;
  /** The key that the installation signs links with. */
  secretKey: string;
  /** The identity provider whose people the provisioning client keeps. */
  issuer: string;
}

const HOUR_MS = 3_600_000;
const soon = () => new Date(Date.now() + HOUR_MS);

/** Rows that stay through a run with new secrets, so that lists of them stay short. */
const CLIENT_ID = uuidv7();
const SENDER_ID = uuidv7();
const SCHEDULE_ID = uuidv7();
const REPOSITORY_ID = uuidv7();

/** Silences of the team, so that what is asked for by an id is there and can be changed. */
async function fillSilences({ db }: DbHandle, teamId: string): Promise<void> {
  const matchers = [{ name: 'alertname', operator: '=' as const, value: 'Fuzzed' }];
  const times = { startsAt: new Date(), endsAt: soon() };
  const rows = Array.from({ length: 4 }, () => ({ id: uuidv7(), teamId, matchers, ...times }));
  await db.insert(silences).values(rows.map((row) => ({ ...row, createdByName: 'fuzz' })));
}

/** People and groups of the directory, so that what is asked for by an id is there. */
async function fillDirectory(handle: DbHandle, issuer: string): Promise<void> {
  for (let count = 0; count < 4; count++) {
    await makeUser(handle, { isProvisioned: true, provisionedIssuer: issuer });
    await handle.db.insert(scimGroups).values({ id: uuidv7(), issuer, displayName: `fuzz ${uuidv7()}` });
  }
}

async function cutToken({ db }: DbHandle, issuer: string): Promise<string> {
  const token = makeScimToken();
  const row = {
    ...{ tokenHash: hashScimToken(token), lastFour: token.slice(-4) },
    ...{ expiresAt: soon(), revokedAt: null },
  };
  await db
    .insert(scimTokens)
    .values({ id: CLIENT_ID, name: 'fuzz', issuer, ...row })
    .onConflictDoUpdate({ target: scimTokens.id, set: row });
  return token;
}

async function cutIntegration({ db }: DbHandle, teamId: string): Promise<DoorSecrets['integration']> {
  const secret = makeIntegrationSecret();
  const row = { secretHash: hashIntegrationSecret(secret), revokedAt: null };
  await db
    .insert(alertIntegrations)
    .values({ id: SENDER_ID, teamId, name: 'fuzz', ...row })
    .onConflictDoUpdate({ target: alertIntegrations.id, set: row });
  return { id: SENDER_ID, secret };
}

async function cutWebhook(
  { db }: DbHandle,
  { teamId, secretKey }: Pick<DoorPeople, 'teamId' | 'secretKey'>,
): Promise<DoorSecrets['webhook']> {
  const [secret, box] = [randomToken(), createSecretBox(secretKey)];
  const row = { sealedSecret: box.seal(secret), sealedCredential: box.seal('fuzz') };
  await db
    .insert(repositories)
    .values({
      ...{ id: REPOSITORY_ID, teamId, hostUrl: 'https://github.example.test', fullName: 'fuzz/fuzz' },
      ...{ credentialKind: 'token', ...row },
    })
    .onConflictDoUpdate({ target: repositories.id, set: row });
  return { id: REPOSITORY_ID, secret };
}

async function cutCalendar({ db }: DbHandle, teamId: string): Promise<string> {
  const token = randomToken();
  const calendarTokenHash = hash('sha256', token, 'hex');
  const name = `fuzz ${SCHEDULE_ID}`;
  await db
    .insert(schedules)
    .values({ id: SCHEDULE_ID, teamId, name, timeZone: 'Europe/Berlin', calendarTokenHash })
    .onConflictDoUpdate({ target: schedules.id, set: { calendarTokenHash, name, deletedAt: null } });
  return token;
}

/** A page about a new alert that was sent already, and the link in it. */
async function cutAcknowledgement(
  handle: DbHandle,
  { teamId, responderId, secretKey }: DoorPeople,
): Promise<string> {
  const [id, alert, expiresAt] = [uuidv7(), await makeAlert(handle, teamId), soon()];
  await handle.db.insert(notifications).values({
    ...{ id, teamId, purpose: 'page', kind: 'email', userId: responderId, destination: `fuzz ${id}` },
    ...{ alertIds: [alert.id], cause: id, reason: 'first', message: { ...makeMessage() } },
    ...{ status: 'sent', expiresAt, finishedAt: new Date() },
  });
  const claims = { notificationId: id, userId: responderId, expiresMs: expiresAt.getTime() };
  return createAckTokens(secretKey).issue(claims);
}

async function cutInvitation({ db }: DbHandle, { teamId, inviterId }: DoorPeople): Promise<string> {
  const [id, token] = [uuidv7(), randomToken()];
  await db.insert(invitations).values({
    ...{ id, teamId, email: `invited-${id}@example.test`, role: 'viewer' },
    ...{ tokenHash: hashToken(token), invitedBy: inviterId, expiresAt: soon() },
  });
  return token;
}

async function cutPasswordReset({ db }: DbHandle, { forgetfulId: userId }: DoorPeople): Promise<string> {
  const token = randomToken();
  await db.delete(passwordResets).where(eq(passwordResets.userId, userId));
  await db.insert(passwordResets).values({ tokenHash: hashToken(token), userId, expiresAt: soon() });
  return token;
}

async function cutSecondStep({ db }: DbHandle, { forgetfulId: userId }: DoorPeople): Promise<string> {
  const token = randomToken();
  // Those of former rounds count against the tries of an hour.
  await db.delete(signInChallenges).where(eq(signInChallenges.userId, userId));
  await db
    .insert(signInChallenges)
    .values({ tokenHash: hashToken(token), kind: 'second-factor', userId, expiresAt: soon() });
  return token;
}

/** Makes the secrets of a round, as rows that the verbs of the product would have left. */
export async function cutDoorSecrets(
  handle: DbHandle,
  people: DoorPeople,
): Promise<Omit<DoorSecrets, 'logoutToken' | 'writeKey'>> {
  const { teamId, issuer } = people;
  await fillDirectory(handle, issuer);
  await fillSilences(handle, teamId);
  const [provisioning, integration, webhook, calendar] = await Promise.all([
    cutToken(handle, issuer),
    cutIntegration(handle, teamId),
    cutWebhook(handle, people),
    cutCalendar(handle, teamId),
  ]);
  const [acknowledgement, invitation, passwordReset, secondStep] = await Promise.all([
    cutAcknowledgement(handle, people),
    cutInvitation(handle, people),
    cutPasswordReset(handle, people),
    cutSecondStep(handle, people),
  ]);
  return {
    ...{ provisioning, integration, webhook, calendar, acknowledgement, invitation },
    ...{ passwordReset, secondStep },
  };
}

/** Which secret stands in the address, the search or the form of a door, by the folder of its file. */
const LINKS = {
  '/calendar/': 'calendar',
  '/acknowledge/': 'acknowledgement',
  '/join/': 'invitation',
  '/reset-password/': 'passwordReset',
} as const;

/** Files of the tree that somebody without a session reaches by a secret address. */
export const OF_LINKS = /\/\(auth\)\/(?:acknowledge|join|reset-password)\//;

/** The secret of the link that leads to a file of the tree; undefined where a link has none. */
export function linkSecretOf(file: string, secrets: DoorSecrets): string | undefined {
  for (const [folder, name] of Object.entries(LINKS)) if (file.includes(folder)) return secrets[name];
  return undefined;
}
