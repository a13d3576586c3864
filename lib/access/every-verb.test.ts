import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { CommandContext } from '#lib/command/context.ts';
import { registeredVerbs } from '#lib/command/registry.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import { commandContext, everyFeature, userActor } from '#lib/testing/command-context.ts';
import { everyVerb, type Verb } from '#lib/testing/every-verb.ts';
import type { UserActor } from './actor.ts';
import {
  BUILT_IN_ROLES,
  effectivePermissions,
  GRANTABLE,
  PERMISSIONS,
  type Permission,
} from './permissions.ts';

const teamId = '019a0000-0000-7000-8000-000000000001';

/** A database that nobody may ask: all of this is decided before one is needed. */
const noDatabase = new Proxy({} as CommandContext['db'], {
  get: () => () => Promise.reject(new Error('there is no database here')),
});
const context = commandContext({ db: noDatabase }, { features: everyFeature });

/** Input that says whether somebody looked at it. */
function trap(): { raw: object; wasRead: () => boolean } {
  let read = false;
  const note = (): unknown => {
    read = true;
    return undefined;
  };
  const raw = new Proxy(
    {},
    {
      get: note,
      has: () => note() === true,
      ownKeys: () => {
        note();
        return [];
      },
    },
  );
  return { raw, wasRead: () => read };
}

async function codeOf(verb: Verb, actor: UserActor, raw: unknown): Promise<string> {
  try {
    await verb.run(context, actor, raw);
    return 'done';
  } catch (error) {
    return isAppError(error) ? error.code : String(error);
  }
}

/** Whether the row of the table lets a built-in role do it; in a team, nothing of the installation. */
function rowSays(permission: Permission, role: (typeof BUILT_IN_ROLES)[number], globally: boolean): boolean {
  const row: { roles: readonly string[]; global?: true } = PERMISSIONS[permission];
  return row.roles.includes(role) && (globally || row.global !== true);
}

type Case = [name: string, actor: UserActor, holds: (permission: Permission) => boolean];

const cases: Case[] = [
  ...BUILT_IN_ROLES.flatMap((role): Case[] => {
    const grant = [{ id: role, permissions: [] }];
    const everywhere = userActor(teamId, role, { permissions: effectivePermissions([], grant) });
    const here = userActor(teamId, role, { permissions: effectivePermissions(grant, []) });
    return [
      [role, here, (permission) => rowSays(permission, role, false)],
      [`global ${role}`, everywhere, (permission) => rowSays(permission, role, true)],
    ];
  }),
  ...GRANTABLE.flatMap(({ permission, global }): Case[] => {
    const grant = [{ id: 'custom', permissions: [permission] }];
    const here = userActor(teamId, 'viewer', { permissions: effectivePermissions(grant, []) });
    const everywhere = userActor(teamId, 'viewer', { permissions: effectivePermissions([], grant) });
    return [
      [`only ${permission}`, here, (asked) => asked === permission && !global],
      [`only ${permission}, globally`, everywhere, (asked) => asked === permission],
    ];
  }),
];

/** Clients of the Alertmanager send parameters of their own, which are passed over. */
const LENIENT = new Set(['alertmanager.alerts', 'alertmanager.groups', 'alertmanager.receivers']);

let verbs: Verb[];
beforeAll(async () => {
  verbs = await everyVerb();
}, 60_000);

test('security Z3: each verb is forbidden to each role that its row does not name, before its input is looked at', async () => {
  expect(verbs.length).toBeGreaterThan(150);
  const wrong: string[] = [];
  for (const verb of verbs) {
    for (const [name, actor, holds] of cases) {
      if (holds(verb.permission)) continue;
      const { raw, wasRead } = trap();
      const code = await codeOf(verb, actor, raw);
      if (code !== 'forbidden' || wasRead()) wrong.push(`${verb.name} as ${name}: ${code}`);
    }
  }
  expect(wrong).toEqual([]);
}, 60_000);

test('security Z3, Z8: each verb lets in each role that its row names, and refuses a field that it does not know', async () => {
  const wrong: string[] = [];
  for (const verb of verbs) {
    for (const [name, actor, holds] of cases) {
      if (!holds(verb.permission)) continue;
      const code = await codeOf(verb, actor, { isAdmin: true, teamId });
      if (code !== 'invalid' && !LENIENT.has(verb.name)) wrong.push(`${verb.name} as ${name}: ${code}`);
    }
  }
  expect(wrong).toEqual([]);
}, 60_000);

/** Every name that an input takes, at any depth. */
function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties } = schema as { properties?: object };
  return [...Object.keys(properties ?? {}), ...Object.values(schema).flatMap(fieldsOf)];
}

/** What the server sets itself, and in which team. */
const OWN =
  /^(?:team|teamId|teamSlug|owner|ownerId|createdBy|createdById|createdAt|updatedAt|userRole|permissions?)$/;
/** Verbs of people that take one of these nevertheless, with the reason. */
const GIVEN: Readonly<Record<string, string>> = {
  'roles.create permissions': 'what the role gives; nobody gives what they do not hold (Z6)',
  'roles.update permissions': 'the same',
  'roles.preview permissions': 'changes nothing',
  'global-roles.create permissions': 'what the role gives; nobody gives what they do not hold (Z6)',
  'global-roles.update permissions': 'the same',
  'group-mappings.save teamId':
    'of the installation: where a group gives a role, which the actor holds there',
  'silences.create createdBy': 'a name beside that of the machine which speaks; of people it is passed over',
  'silences.update createdBy': 'the same',
  'agents.list owner': 'narrows a list',
};

test('security Z7, Z8: no verb of people is told the team that it acts in, who owns what it makes, or when that was', () => {
  const told = verbs
    .filter(({ permission }) => GRANTABLE.some((row) => row.permission === permission))
    .flatMap(({ name, input }) => {
      const json = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
      return [...new Set(fieldsOf(json))]
        .filter((field) => OWN.test(field))
        .map((field) => `${name} ${field}`);
    });
  expect(told.filter((one) => !Object.hasOwn(GIVEN, one))).toEqual([]);
});

test('security U8: whatever exports, previews, judges or sums up a range is asked so many times at once and no more', () => {
  const costly = registeredVerbs().filter(({ name }) =>
    /(?:export|preview|stats|judge|metrics\.query)$/.test(name),
  );
  // What a role gives, and what a bounded text becomes: neither reads a range.
  const light = new Set(['roles.preview', 'content.preview']);
  expect(costly.length).toBeGreaterThan(5);
  const free = costly.filter(({ definition }) => !('isHeavy' in definition && definition.isHeavy));
  expect(free.map(({ name }) => name).filter((name) => !light.has(name))).toEqual([]);
});

test('security Z3: what only parts of the system may do, no role of people reaches', () => {
  const ofSystem = verbs.filter(({ permission }) => !GRANTABLE.some((row) => row.permission === permission));
  expect(ofSystem.length).toBeGreaterThan(5);
  for (const { permission } of ofSystem) expect(cases.filter(([, , holds]) => holds(permission))).toEqual([]);
});
