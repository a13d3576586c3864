import { isIP } from 'node:net';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import type { Actor } from '#lib/access/actor.ts';
import { grantsOf } from '#lib/access/grants.ts';
import { GRANTABLE } from '#lib/access/permissions.ts';
import { refuseStronger, requireRecentSignIn } from '#lib/access/require.ts';
import type { Sealer } from '#lib/command/context.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { MAIL_TLS, type MailServerShown } from '#lib/model/installation-settings.ts';
import { mailAddress } from '#lib/model/notification-channel.ts';
import { storedServer } from './sections.ts';
import { environmentOf, readSection, writeSection } from './stored-section.ts';

type Stored = NonNullable<ReturnType<typeof storedServer>>;

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i;
const noLineBreak = /^[^\r\n]*$/;

const server = z
  .strictObject({
    host: z
      .string()
      .trim()
      .refine(
        (host) => isIP(host) !== 0 || HOST_NAME.test(host),
        'Give a host name or an address, without a port.',
      ),
    port: z.int('Give a port.').min(1, 'Give a port.').max(65_535, 'Give a port.'),
    tls: z.enum(MAIL_TLS),
    user: z.string().trim().min(1).max(320).regex(noLineBreak, 'An account name has one line.').nullable(),
    /** Absent: the stored one goes on. */
    password: z.string().min(1).max(1000).regex(noLineBreak, 'A password has one line.').optional(),
    from: mailAddress,
  })
  .refine(({ user, password }) => user !== null || password === undefined, {
    path: ['user'],
    message: 'A password needs an account.',
  });
type Typed = z.output<typeof server>;

/** That there is a password, never which. */
export function shownServer({
  host,
  port,
  tls,
  account,
  from,
}: Omit<Stored, 'account'> & {
  account: { user: string } | null;
}): MailServerShown {
  return { host, port, tls, user: account?.user ?? null, from };
}

/**
 * The account as it is stored. A password goes on only for the server and account that it was typed for: pointing
 * it at another server would hand it to that one.
 */
function accountFor(sealer: Sealer, typed: Typed, stored: Stored | null): Stored['account'] {
  const { user, password } = typed;
  if (user === null) return null;
  if (password !== undefined) return { user, sealedPassword: sealer.seal(password) };
  const same =
    stored?.account?.user === user &&
    stored.host === typed.host &&
    stored.port === typed.port &&
    stored.tls === typed.tls;
  if (same && stored.account) return stored.account;
  throw new AppError('invalid', 'Some values are not valid.', {
    issues: [
      {
        path: 'server.password',
        message: 'Type the password: it is kept for the same server and account only.',
      },
    ],
  });
}

/**
 * Links that open any account, the strongest included, leave by this server: whoever points it at one of their own
 * could become anybody, and so must hold everything already (security Z6).
 */
async function requireEverythingHeld(tx: Tx, actor: Actor): Promise<void> {
  if (actor.kind !== 'user') throw new AppError('forbidden', 'Only people set the mail server.');
  const { permissionsEverywhere } = await grantsOf(tx, actor.userId);
  refuseStronger(
    permissionsEverywhere,
    GRANTABLE.map(({ permission }) => permission),
  );
}

/**
 * Sets the server that mail leaves through, or leaves it to the environment again; the worker follows within 5 s.
 *
 * @throws AppError `forbidden` for who does not hold everything, `conflict`, `invalid`
 */
export const setMailServer = defineCommand({
  name: 'settings.set-mail-server',
  permission: 'installation:update',
  input: z.strictObject({ server: server.nullable(), seen: z.int32().min(0) }),
  audit: { action: 'settings.set-mail-server', target: 'installation' },
  async run({ input: { server: typed, seen }, actor, tx, now, deps, announce }) {
    requireRecentSignIn(actor, now);
    await requireEverythingHeld(tx, actor);
    const environment = environmentOf(deps).mailServer;
    const { value } = await readSection(tx, 'mail-server');
    const stored = value && storedServer(value);
    const next = typed && {
      host: typed.host,
      port: typed.port,
      tls: typed.tls,
      from: typed.from,
      account: accountFor(deps.sealer, typed, stored),
    };
    const write = { section: 'mail-server', value: { server: next }, seen, actor, now } as const;
    const version = await writeSection(tx, write);
    announce({ type: 'settings.changed' });
    const [before, after] = [stored ?? environment, next ?? environment];
    return {
      result: { version },
      targetId: 'mail-server',
      before: { server: before && shownServer(before), setHere: stored !== null },
      after: {
        server: after && shownServer(after),
        setHere: next !== null,
        ...(typed?.password !== undefined && { password: 'new' }),
      },
    };
  },
});

/** Lets somebody try the mail server: writes down who did, and says to whom the mail goes. The door sends it. */
export const testMailServer = defineCommand({
  name: 'settings.test-mail-server',
  permission: 'installation:update',
  input: z.strictObject({}),
  audit: { action: 'settings.test-mail-server', target: 'installation' },
  async run({ actor }) {
    if (actor.kind !== 'user') throw new AppError('forbidden', 'A test goes to a person.');
    return { result: { to: actor.email }, targetId: 'mail-server', after: { to: actor.email } };
  },
});
