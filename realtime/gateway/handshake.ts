import type { HandshakeRefusal } from '#lib/model/live.ts';
import type { LiveTokenClaims } from '#lib/pipeline/live/live-token.ts';
import type { LiveSocket } from './socket.ts';

export interface HandshakeOptions {
  verify(token: unknown): LiveTokenClaims | null;
  /** Marks the token as used; false when it was used before. */
  claim(claims: LiveTokenClaims): Promise<boolean>;
  onRefused(code: HandshakeRefusal['code']): void;
}

class Refused extends Error {
  readonly data: HandshakeRefusal;
  constructor(data: HandshakeRefusal) {
    super(data.code);
    this.data = data;
  }
}

/** Lets a socket in whose token is genuine, fresh and used for the first time (security K2). */
export function handshake(options: HandshakeOptions) {
  const refuse = (next: (error: Error) => void, data: HandshakeRefusal) => {
    options.onRefused(data.code);
    next(new Refused(data));
  };
  return async (socket: LiveSocket, next: (error?: Error) => void): Promise<void> => {
    const auth: { token?: unknown } = socket.handshake.auth;
    try {
      const claims = options.verify(auth.token);
      if (claims === null || !(await options.claim(claims))) {
        refuse(next, { code: 'unauthenticated', retryAfterMs: 0 });
        return;
      }
      const { userId, sessionId, teamId, permissions } = claims;
      Object.assign(socket.data, { userId, sessionId, teamId, permissions: new Set(permissions) });
      next();
    } catch {
      refuse(next, { code: 'busy', retryAfterMs: 1000 });
    } finally {
      // The token has done its work; it need not stay in memory for the life of the socket.
      auth.token = undefined;
    }
  };
}
