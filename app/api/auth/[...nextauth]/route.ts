import { authHandler } from '#lib/web/auth/handler.ts';

export { authHandler as GET, authHandler as POST };
