/**
 * Who may do what, as the settings pages and `/api/v1` show it: roles, members, invitations, teams and accounts.
 * Times are Unix milliseconds.
 */
import { z } from 'zod';

/** One thing that a role can hold. */
const permissionRowSchema = z.object({
  permission: z.string(),
  says: z.string().describe('What it allows, in words'),
  global: z.boolean().describe('Concerns the installation: it counts through a role granted globally only'),
  held: z.boolean().describe('Whether who asks holds it, and so may put it into a role'),
});
export type PermissionRow = z.infer<typeof permissionRowSchema>;

export const roleViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  scope: z.enum(['built-in', 'installation', 'team']),
  permissions: z.array(z.string()),
  holders: z.int().describe('People of the team who hold it, by hand or by a group'),
  version: z.int(),
  editable: z.boolean().describe('Whether who asks may change it'),
});
export type RoleView = z.infer<typeof roleViewSchema>;

export const roleMatrixSchema = z.object({
  permissions: z.array(permissionRowSchema),
  roles: z.array(roleViewSchema),
});
export type RoleMatrix = z.infer<typeof roleMatrixSchema>;

/** What somebody could do with a role, and what it would change for one member. */
export const rolePreviewSchema = z.object({
  allows: z.array(z.string()),
  gains: z.array(z.string()),
  loses: z.array(z.string()),
});
export type RolePreview = z.infer<typeof rolePreviewSchema>;

/** What an answer warns of that was done all the same. */
const lockOutWarningSchema = z.string().optional().describe('Who cannot sign in by this, in words');

/** A role as something that somebody holds. */
export const heldRoleSchema = z.object({ id: z.string(), name: z.string() });
export type HeldRole = z.infer<typeof heldRoleSchema>;

export const memberViewSchema = z.object({
  userId: z.uuid(),
  name: z.string(),
  email: z.string(),
  status: z.enum(['active', 'disabled']),
  role: heldRoleSchema.nullable().describe('Granted by hand'),
  groupRole: heldRoleSchema.nullable().describe('Granted by groups of the identity provider'),
  globalRoles: z.array(heldRoleSchema).describe('Roles that hold in every team'),
  isMember: z.boolean().describe('False for people who are here by a global role only'),
  hasSecondFactor: z.boolean(),
  isProvisioned: z.boolean(),
  isYou: z.boolean(),
  lastSignInAt: z.int().nullable(),
});
export type MemberView = z.infer<typeof memberViewSchema>;

export const invitationViewSchema = z.object({
  id: z.uuid(),
  email: z.string(),
  role: heldRoleSchema,
  invitedBy: z.string().nullable(),
  state: z.enum(['open', 'expired']),
  mail: z
    .enum(['none', 'queued', 'sent', 'failed'])
    .describe('What became of the last message; none: no mail server was set up'),
  createdAt: z.int(),
  expiresAt: z.int(),
});
export type InvitationView = z.infer<typeof invitationViewSchema>;

/** An invitation that was just made or sent anew. */
export const invitedSchema = z.object({
  id: z.uuid(),
  path: z
    .string()
    .nullable()
    .describe(
      'The secret address, below that of this installation, where no mail carries it; shown this once',
    ),
});
export type Invited = z.infer<typeof invitedSchema>;

/** A session of somebody else, as an admin sees it. */
export const memberSessionSchema = z.object({
  id: z.uuid(),
  createdAt: z.int(),
  lastSeenAt: z.int(),
  expiresAt: z.int(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
});
export type MemberSession = z.infer<typeof memberSessionSchema>;

export const teamViewSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  slug: z.string(),
  members: z.int(),
  agents: z.int(),
  isCurrent: z.boolean().describe('The team that who asks acts in'),
  isDefault: z.boolean().describe('People who come in by single sign-on land in it; it keeps its short name'),
  createdAt: z.int(),
});
export type TeamView = z.infer<typeof teamViewSchema>;

/** What goes with a team. */
export const teamContentsSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  slug: z.string(),
  counts: z.array(z.object({ noun: z.string(), count: z.int() })),
});
export type TeamContents = z.infer<typeof teamContentsSchema>;

export const accountViewSchema = z.object({
  userId: z.uuid(),
  name: z.string(),
  email: z.string(),
  status: z.enum(['active', 'disabled', 'deleted']),
  globalRole: heldRoleSchema.nullable().describe('Granted by hand'),
  groupGlobalRole: heldRoleSchema.nullable().describe('Granted by groups of the identity provider'),
  teams: z.array(z.object({ name: z.string(), role: z.string() })),
  hasSecondFactor: z.boolean().describe('An authenticator app or passkeys: what a reset takes off'),
  hasPassword: z.boolean().describe('One of this installation, which a link may renew'),
  isProvisioned: z.boolean(),
  isYou: z.boolean(),
  sessions: z.int().describe('Live ones'),
  lastSignInAt: z.int().nullable(),
});
export type AccountView = z.infer<typeof accountViewSchema>;

/** A link for a new password that was just made for somebody. */
const resetLinkMadeSchema = z.object({
  userId: z.uuid(),
  path: z
    .string()
    .nullable()
    .describe(
      'The secret address, below that of this installation, where no mail carries it; shown this once',
    ),
});
export type ResetLinkMade = z.infer<typeof resetLinkMadeSchema>;

/** What `/api/v1` answers about access, by the names of its document. */
export const accessBodies = {
  RoleMatrix: roleMatrixSchema,
  RolePreview: rolePreviewSchema,
  RoleChanged: z.object({ id: z.uuid(), version: z.int(), warning: lockOutWarningSchema }),
  RoleId: z.object({ id: z.uuid() }),
  MemberList: z.object({ items: z.array(memberViewSchema) }),
  MemberRole: z.object({ userId: z.uuid(), role: z.string().nullable(), warning: lockOutWarningSchema }),
  MemberId: z.object({ userId: z.uuid() }),
  MemberSessions: z.object({
    person: z.object({ name: z.string(), email: z.string() }),
    items: z.array(memberSessionSchema),
  }),
  SecondFactorTaken: z.object({
    userId: z.uuid(),
    authenticator: z.boolean().describe('Codes of an app were asked of them'),
    passkeys: z.int().describe('How many there were'),
  }),
  ResetLinkMade: resetLinkMadeSchema,
  SessionsEnded: z.object({ userId: z.uuid(), ended: z.int() }),
  InvitationList: z.object({
    items: z.array(invitationViewSchema),
    sendsMail: z.boolean().describe('Whether links go by mail; else they are answered to whoever invites'),
  }),
  Invited: invitedSchema,
  InvitationId: z.object({ id: z.uuid() }),
  TeamList: z.object({ items: z.array(teamViewSchema) }),
  TeamContents: teamContentsSchema,
  TeamId: z.object({ id: z.uuid() }),
  AccountPage: z.object({ items: z.array(accountViewSchema), nextCursor: z.string().nullable() }),
};
