/** The part of oidc-provider that the journeys use; the package brings no types. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  export class Provider {
    constructor(
      issuer: string,
      options: Record<string, unknown> & {
        findAccount(context: unknown, sub: string): { accountId: string; claims(): Record<string, unknown> };
      },
    );
    callback(): RequestListener;
  }
}
