import { createAppAuth } from '@octokit/auth-app';
import type { Octokit } from '@octokit/rest';
import type { HostCredential } from '../port.ts';

type RequestInterface = Octokit['request'];
type AppCredential = Extract<HostCredential, { kind: 'app' }>;

/** A token is taken anew this long before it ends. */
const EARLY_MS = 5 * 60_000;
/**
 * What a token is for, and the rights that this takes: none of them has more (deployment S-96). An app that lacks one
 * of them is refused where that is needed, and nowhere else.
 */
const RIGHTS = {
  look: { contents: 'read' },
  pulls: { pull_requests: 'read' },
  run: { actions: 'write' },
  deploy: { deployments: 'write' },
  hooks: { repository_hooks: 'write' },
} as const;
export type Purpose = keyof typeof RIGHTS;

interface Held {
  token: string;
  endsAt: number;
}

/**
 * Tokens of installations, each for one repository and for what is done there; kept until five minutes before they
 * end, and asked for once however many want one (deployment S-96).
 */
export function createInstallationTokens(now: () => number) {
  const held = new Map<string, Promise<Held>>();
  const take = async (
    { appId, installationId, privateKey }: AppCredential,
    name: string,
    purpose: Purpose,
    through: RequestInterface,
  ): Promise<Held> => {
    const auth = createAppAuth({ appId, privateKey, request: through });
    const { token, expiresAt } = await auth({
      ...{ type: 'installation', installationId, repositoryNames: [name], permissions: RIGHTS[purpose] },
      // Its own cache ends a minute before the token does.
      refresh: true,
    });
    return { token, endsAt: Date.parse(expiresAt) };
  };
  /**
   * @param key of the credential
   * @param name of the repository, without its owner
   * @param through asks the host
   */
  return async (
    key: string,
    credential: AppCredential,
    name: string,
    purpose: Purpose,
    through: RequestInterface,
  ): Promise<string> => {
    const at = `${key} ${name} ${purpose}`;
    const known = await held.get(at)?.catch(() => undefined);
    if (known && known.endsAt - now() > EARLY_MS) return known.token;
    const taken = take(credential, name, purpose, through);
    held.set(at, taken);
    taken.catch(() => held.get(at) === taken && held.delete(at));
    return (await taken).token;
  };
}
