import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PERMISSIONS } from '#lib/access/permissions.ts';
import { registeredVerbs } from '#lib/command/registry.ts';

const ROOT = join(import.meta.dirname, '../..');
const sourceOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const filesOf = (pattern: string): string[] =>
  globSync(pattern, { cwd: ROOT, exclude: (name) => name === 'node_modules' }).sort();

/** Doors that are no binding of a verb, each with the reason why it may stand open. */
const OTHER_DOORS: Record<string, string> = {
  'app/(auth)/actions.ts#signOut': 'ends the own session by the command sessions.end-own, then redirects',
  'app/(auth)/actions.ts#switchTeam':
    'keeps a cookie; the team is checked against the memberships at every use',
  'app/(auth)/actions.ts#openInTeam':
    'keeps a cookie; the team is checked against the memberships at every use',
  'app/(auth)/sign-in/actions.ts#signIn': 'for people who are not signed in; origin and budgets are checked',
  'app/(console)/settings/sessions/actions.ts#signOutEverywhere':
    'ends all of the own sessions by the command sessions.end-all-own, then redirects',
  'app/(auth)/acknowledge/actions.ts#acknowledge':
    'for people who are not signed in; needs the signed one-time token of a message, as which it then acts',
  'app/(auth)/join/actions.ts#acceptInvitation':
    'for people who are not signed in; needs the one-time token of an invitation, or its account signed in',
  'app/(auth)/setup/actions.ts#completeSetup': 'for people who are not signed in; needs the one-time token',
  'app/(auth)/sign-in/actions.ts#askForPasskey':
    'for people who are not signed in; origin and budgets are checked, the answer is a random challenge',
  'app/(auth)/sign-in/actions.ts#signInWithPasskey':
    'for people who are not signed in; origin and budgets are checked, needs the answer of a passkey',
  'app/(auth)/sign-in/second-step/actions.ts#prove':
    'for people whose password was right; origin, budgets and the tries of the step are checked',
  'app/(auth)/forgot-password/actions.ts#requestReset':
    'for people who are not signed in; origin and budgets are checked, the answer is always the same',
  'app/(auth)/reset-password/actions.ts#completeReset':
    'for people who are not signed in; needs the one-time token of a mail',
  'app/(console)/settings/security/actions.ts#changePassword':
    'runs the command password.change-own and keeps the new token of the session in its cookie',
  'app/(console)/settings/identities/actions.ts#linkIdentity':
    'leaves for a provider as the signed-in person, recently; what comes back is linked by identities.link',
  'app/(console)/settings/single-sign-on/actions.ts#testProvider':
    'leaves for a provider; needs identity-providers:manage, and what comes back is kept by a command',
  'app/(console)/settings/appearance/actions.ts#saveAppearance':
    'keeps the look in a cookie and the theme with the person by the command profile.update-own',
  'app/(console)/settings/mail-server/actions.ts#sendTestMail':
    'runs the command settings.test-mail-server first, which says who may and leaves the audit row',
  'app/api/auth/[...nextauth]/route.ts#GET': 'next-auth, narrowed to the callback and the session',
  'app/api/auth/[...nextauth]/route.ts#POST': 'answers 404: nothing of next-auth takes a POST from outside',
  'app/api/auth/back-channel/[provider]/route.ts#POST':
    'a provider tells of a sign-out; needs its signed single-use token, and ends sessions by a command',
  'app/api/auth/leave/[provider]/route.ts#GET':
    'for people who are not signed in; begins a sign-in for a link of our own page, and nothing comes of it without a state of this browser',
  'app/api/calendar/[token]/route.ts#GET':
    'calendar programs cannot sign in; the address holds a secret of 256 bits and shows shifts only',
  'app/api/webhooks/github/[id]/route.ts#POST':
    'a repository tells of itself; needs the signature of its connection, and what is kept starts nothing by itself',
  'app/api/v1/openapi.json/route.ts#GET': 'the public description of the interface; reads nothing',
  'app/healthz/route.ts#GET': 'liveness; reads nothing of any team',
  'app/readyz/route.ts#GET': 'readiness; reads nothing of any team',
  'app/metrics/route.ts#GET': 'own metrics; loopback or the metrics token',
};

const BINDERS =
  /^export const (\w+) = (action|asking|route|verbRoute|operationRoute|alertmanagerRoute|scimRoute)\(/gm;
const EXPORTS =
  /^export (?:const|let|var|class|async function\*?|function\*?) (\w+)|^export \{([^}]*)\}|^export (default|\*)/gm;
const SEGMENT_OPTIONS = new Set(['dynamic', 'runtime', 'revalidate', 'maxDuration']);

function exportsOf(source: string): string[] {
  return [...source.matchAll(EXPORTS)]
    .flatMap(
      ([, name, list, rest]) =>
        name ?? rest ?? (list ?? '').split(',').map((part) => part.split(' as ').at(-1)?.trim() ?? ''),
    )
    .filter((name) => name !== '' && !SEGMENT_OPTIONS.has(name));
}

function unboundDoors(files: readonly string[]): string[] {
  return files.flatMap((file) => {
    const source = sourceOf(file);
    const bound = new Set([...source.matchAll(BINDERS)].map(([, name]) => name));
    return exportsOf(source)
      .filter((name) => !bound.has(name))
      .map((name) => `${file}#${name}`);
  });
}

test('security Z1: every server action and route handler is bound to a verb or stands in the list with its reason', () => {
  const files = [...filesOf('app/**/actions.ts'), ...filesOf('app/**/route.ts')];
  expect(files.length).toBeGreaterThan(10);
  expect(unboundDoors(files).sort()).toEqual(Object.keys(OTHER_DOORS).sort());
});

test('security Z1: what a route file takes from a list is refusals only', () => {
  const lists = filesOf('app/**/{route,actions}.ts').flatMap((file) =>
    [...sourceOf(file).matchAll(/^export const \{[^}]*\} = (.*)$/gm)].map(([, from = '']) => from),
  );
  expect(lists.length).toBeGreaterThan(10);
  expect(lists.filter((from) => !/^(nothingHere|onlyMethods\((, |'[A-Z]+')+\));$/.test(from))).toEqual([]);
});

test('security Z1: server actions stand in files called actions.ts, and none closes over what a page knows', () => {
  const elsewhere = [
    ...filesOf('app/**/*.{ts,tsx}'),
    ...filesOf('components/**/*.{ts,tsx}'),
    ...filesOf('lib/**/*.{ts,tsx}'),
  ]
    .filter((file) => !file.endsWith('/actions.ts') && !file.endsWith('.test.ts'))
    .filter((file) => /(?:^|[{;])\s*['"]use server['"]/m.test(sourceOf(file)));
  expect(elsewhere).toEqual([]);
});

test('security Z1: every page of the console asks who is there, itself or through its layout and its reads', () => {
  const layout = sourceOf('app/(console)/layout.tsx');
  expect(layout).toContain('requireSignedIn(');
  const silent = filesOf('app/(console)/**/page.tsx').filter(
    (file) => !/\b(read|readPage|records\.\w+|requireActor|requireSignedIn)\(/.test(sourceOf(file)),
  );
  expect(silent).toEqual([]);
});

/** Loads every verb there is. */
async function allVerbs() {
  const files = filesOf('lib/**/*.ts').filter(
    (file) =>
      !/\.test\.ts$/.test(file) &&
      !file.startsWith('lib/command/') &&
      /= define(Command|Query)\(/.test(sourceOf(file)),
  );
  for (const file of files) await import(join(ROOT, file));
  return registeredVerbs();
}

test('security Z1: verbs have names of their own and permissions of the table', async () => {
  const verbs = await allVerbs();
  const names = verbs.map(({ name }) => name);
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(verbs.filter(({ permission }) => !(permission in PERMISSIONS))).toEqual([]);
  // Loads every room of the system.
}, 60_000);

test('security U4: every command there is has an act and a target of its own in the ledger', async () => {
  const commands = (await allVerbs()).filter(({ kind }) => kind === 'command');
  expect(commands.length).toBeGreaterThan(50);
  const nameless = commands.filter(
    ({ audit }) =>
      !/^[a-z-]+(\.[a-z-]+)?$/.test(audit?.action ?? '') || !/^[a-z-]+$/.test(audit?.target ?? ''),
  );
  expect(nameless).toEqual([]);
});

test('security Z2: the proxy knows headers only: nothing that could authorise is imported', () => {
  const imports = [...sourceOf('proxy.ts').matchAll(/from '([^']+)'/g)].map(([, from]) => from);
  expect(imports.sort()).toEqual([
    '#lib/config/config.ts',
    '#lib/web/request/security-headers.ts',
    'next/server',
    'node:crypto',
  ]);
});

test('security Z2: of what the proxy adds nothing is read but the address to come back to after signing in', () => {
  const own = [...sourceOf('proxy.ts').matchAll(/headers\.set\('([^']+)'/g)].map(([, name]) => name);
  expect([...new Set(own)].sort()).toEqual(['cache-control', 'content-security-policy', 'x-pitwall-path']);
  const readers = [...filesOf('lib/**/*.ts'), ...filesOf('app/**/*.{ts,tsx}')]
    .filter((file) => !file.endsWith('.test.ts'))
    .filter((file) => /x-pitwall-path|get\('content-security-policy'\)/.test(sourceOf(file)));
  expect(readers).toEqual(['lib/web/session.ts']);
});

/** Pages for people who are not signed in, each with what it checks instead. */
const OPEN_PAGES: Record<string, string> = {
  'app/(auth)/acknowledge/[token]/page.tsx': 'shows what the signed one-time token of a message names',
  'app/(auth)/forgot-password/page.tsx': 'shows nothing of any team',
  'app/(auth)/join/[token]/page.tsx': 'shows what the one-time token of an invitation names',
  'app/(auth)/reset-password/page.tsx': 'shows a form; what it sends needs the one-time token of a mail',
  'app/(auth)/setup/page.tsx': 'shows a form to the holder of the one-time token of the start',
  'app/(auth)/sign-in/page.tsx': 'shows nothing of any team',
  'app/(auth)/sign-in/second-step/page.tsx': 'shows the address of whose password the browser just gave',
  'app/page.tsx': 'leads to the overview',
};

test('security Z1: every page outside the console stands in the list with what it checks', () => {
  const outside = filesOf('app/**/page.tsx').filter((file) => !file.startsWith('app/(console)/'));
  expect(outside).toEqual(Object.keys(OPEN_PAGES).sort());
});

test('security Z1: nothing else of the tree answers requests', () => {
  const special =
    /\/(default|template|sitemap|robots|manifest|icon|apple-icon|opengraph-image|twitter-image)\b/;
  const answering = filesOf('app/**/*.{ts,tsx}').filter((file) => special.test(file));
  // Names and colours for the home screen; the same for everybody.
  expect(answering).toEqual(['app/manifest.ts']);
  expect(filesOf('{instrumentation,middleware}.ts')).toEqual([]);
  expect(filesOf('{pages,src}/**/*.{ts,tsx}')).toEqual([]);
});

/** What the gateway listens to, by what it comes from, with what is checked. */
const HEARD: Record<string, string> = {
  'adapter delete-room': 'of our own: nobody is in a room any more',
  'conn close': 'of the connection',
  'conn error': 'of the connection',
  'conn packet': 'of the connection: what comes in is counted and bounded',
  'engine connection': 'of the server: the origin was checked before',
  'http error': 'of the server',
  'io connection': 'of the server: the handshake was right',
  'io use': 'the handshake: the token is used up and the session looked at',
  'socket disconnect': 'of the connection',
  'socket error': 'of the connection',
  'socket subscribe': 'parsed, and joins views of its own team only for who may read agents and metrics',
  'socket unsubscribe': 'parsed, and leaves views of its own team only',
};
/** Whatever takes a listener, whoever it belongs to and whatever it is called. */
const LISTENERS =
  /(\w+)(?:\([^()]*\))?\.(on|once|onAny|prependAny|addListener|prependListener|use)\(\s*(?:'([^']*)')?/g;

test('security Z1: every event of a socket stands in the list, is parsed, and joins rooms by permission only', () => {
  const gateway = filesOf('realtime/**/*.ts').filter((file) => !file.endsWith('.test.ts'));
  const heard = gateway.flatMap((file) =>
    [...sourceOf(file).matchAll(LISTENERS)].map(([, from, verb, event]) => `${from} ${event ?? verb}`),
  );
  expect(heard.sort()).toEqual(Object.keys(HEARD).sort());
  const server = sourceOf('realtime/gateway/server.ts');
  for (const schema of ['subscribeSchema', 'unsubscribeSchema'])
    expect(server).toContain(`${schema}.safeParse(`);
  const joining = gateway.filter((file) => /\.join\(/.test(sourceOf(file)) && /socket/i.test(sourceOf(file)));
  expect(joining).toEqual(['realtime/gateway/fan-out.ts', 'realtime/gateway/server.ts']);
  const [, body = ''] = /async #subscribe\([\s\S]*?\{\n([\s\S]*?)\n {2}\}/.exec(server) ?? [];
  expect(body.indexOf('permissions.has(')).toBeGreaterThan(0);
  expect(body.indexOf('permissions.has(')).toBeLessThan(body.indexOf('.join('));
});
