import type { Config } from './config.ts';

/** next-auth reads its public address from the environment and nowhere else; a Host header never decides it. */
export function setNextAuthAddress({ app }: Pick<Config, 'app'>): void {
  process.env.NEXTAUTH_URL = app.url;
}
