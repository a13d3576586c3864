/**
 * Keys and tokens that end by themselves: whoever may replace them is told before, so that nothing stops overnight.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '#db/client.ts';
import type { Permission } from '#lib/access/permissions.ts';
import type { Sealer } from '#lib/command/context.ts';
import type { Clock } from '#lib/kernel/clock.ts';
import { enqueueMail } from '#lib/members/mail/enqueue-mail.ts';
import { addressesOf } from '#lib/members/roles/role-holds.ts';
import { TOLD_DAYS, timeLeft } from '#lib/model/credential-end.ts';
import { paths } from '#lib/model/paths.ts';

interface Ending extends Record<string, unknown> {
  name: string;
  last_four: string;
  expires_at: string;
  /** Null: of the installation. */
  team_id: string | null;
  /** Whose it is, as people call it. */
  owner: string;
}

/** A kind of key or token: where it stands, and who is told what of it. */
interface Kind {
  table: SQL;
  /** Of a row `c`: its team, what it belongs to, and whether it was replaced already. */
  teamId: SQL;
  owner: SQL;
  isReplaced: SQL;
  permission: Permission;
  noun: string;
  consequence: string;
  path: string;
}

const KINDS: readonly Kind[] = [
  {
    table: sql`api_keys`,
    teamId: sql`c.team_id`,
    owner: sql`(select 'the team ' || t.name from teams t where t.id = c.team_id)`,
    isReplaced: sql`exists (select from api_keys h where h.rotated_from = c.id and h.revoked_at is null)`,
    permission: 'api-keys:rotate',
    noun: 'API key',
    consequence: 'From then on whatever uses it is refused. Rotate it before, with an overlap:',
    path: paths.apiKeys(),
  },
  {
    table: sql`scim_tokens`,
    teamId: sql`null::uuid`,
    owner: sql`c.issuer`,
    isReplaced: sql`false`,
    permission: 'provisioning:manage',
    noun: 'provisioning token',
    consequence:
      'From then on its client is refused: whoever is switched off at the provider is not switched off here. Make another before, and give it to the client:',
    path: paths.provisioning(),
  },
];

/** Within how many days of its end a row is, of those at which people are told. */
function stage(now: string): SQL {
  const stages = TOLD_DAYS.map(
    (days) =>
      sql`when c.expires_at <= ${now}::timestamptz + make_interval(days => ${days}::int) then ${days}::int`,
  );
  return sql`(case ${sql.join(stages, sql` `)} end)`;
}

/**
 * Takes what people are to be told of, each stage once: what is written down here goes with the mails, or not at all. One
 * that was made to end within the stage ends as whoever made it wanted.
 */
async function claim(tx: Tx, { table, teamId, owner, isReplaced }: Kind, now: Date): Promise<Ending[]> {
  const at = now.toISOString();
  const due = stage(at);
  const rows = await tx.execute<Ending>(sql`
    update ${table} c set end_told_days = ${due}
    where c.revoked_at is null and c.expires_at > ${at}::timestamptz and ${due} is not null
      and coalesce(c.end_told_days, 1000) > ${due}
      and c.created_at < c.expires_at - make_interval(days => ${due}) and not ${isReplaced}
    returning c.name, c.last_four, c.expires_at, ${teamId} as team_id, ${owner} as owner`);
  return [...rows];
}

/** What telling works with. */
export interface TellTools {
  db: Db;
  clock: Clock;
  sealer: Sealer;
  appUrl: string;
  /** Without a mail server nobody is told, and nothing counts as told. */
  sendsMail(): Promise<boolean>;
}

async function tell(tx: Tx, { sealer, appUrl }: TellTools, kind: Kind, ending: Ending, now: Date) {
  const { noun, consequence, permission, path } = kind;
  const expiresAt = new Date(ending.expires_at);
  const { words } = timeLeft(expiresAt.getTime(), now.getTime());
  const text = [
    `The ${noun} ${ending.name} (…${ending.last_four}) of ${ending.owner} ends at ${expiresAt.toUTCString()}: ${words}.`,
    consequence,
    appUrl + path,
  ].join('\n\n');
  const subject = `A Pitwall ${noun} ends soon: ${words}`;
  const recipients = await addressesOf(tx, permission, ending.team_id);
  for (const to of recipients)
    await enqueueMail(tx, sealer, { kind: 'credential-ending', to, subject, text, expiresAt }, now);
}

/** Tells people of keys and tokens that end within days; answers with how many. */
export async function tellOfEnds(tools: TellTools): Promise<number> {
  if (!(await tools.sendsMail())) return 0;
  const now = new Date(tools.clock.now());
  return tools.db.transaction(async (tx) => {
    let told = 0;
    for (const kind of KINDS) {
      const endings = await claim(tx, kind, now);
      for (const ending of endings) await tell(tx, tools, kind, ending, now);
      told += endings.length;
    }
    return told;
  });
}
