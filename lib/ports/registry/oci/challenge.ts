/** What a registry wants before it answers, as its `WWW-Authenticate` says (RFC 7235, OCI distribution). */
export type Challenge = { scheme: 'basic' } | { scheme: 'bearer'; realm: string; service: string | null };

const PARAMETER = /([a-z]+)="((?:[^"\\]|\\.)*)"/gi;

/** @returns null for a challenge that is none of the two */
export function readChallenge(header: string | string[] | undefined): Challenge | null {
  const text = [header ?? ''].flat().join(', ');
  const bearer = /(?:^|,\s*)bearer\s+(.*)$/i.exec(text)?.[1];
  if (bearer === undefined) return /(?:^|,\s*)basic\b/i.test(text) ? { scheme: 'basic' } : null;
  const given = new Map(
    [...bearer.matchAll(PARAMETER)].map(([, name = '', value = '']) => [name.toLowerCase(), value]),
  );
  const realm = given.get('realm');
  return realm === undefined ? null : { scheme: 'bearer', realm, service: given.get('service') ?? null };
}
