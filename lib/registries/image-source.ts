import { and, eq } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { registries } from '#db/schema/registries.ts';
import type { Sealer } from '#lib/command/context.ts';
import { imagePlace } from '#lib/model/image-host.ts';
import type { ImageRegistry, ResolvedImage } from '#lib/ports/registry/port.ts';

/** What tags of a team's images stand for now. */
export interface ImageSource {
  /** @throws AppError as the port of registries says */
  resolve(teamId: string, image: string, tag: string, signal: AbortSignal): Promise<ResolvedImage>;
}

/** Asks registries as the team that wants to know: with its login where it keeps one, else as anybody. */
export function createImageSource({
  db,
  sealer,
  registry,
}: {
  db: Db;
  sealer: Pick<Sealer, 'open'>;
  registry: ImageRegistry;
}): ImageSource {
  return {
    async resolve(teamId, image, tag, signal) {
      const own = and(eq(registries.teamId, teamId), eq(registries.host, imagePlace(image).host));
      const [row] = await db.select().from(registries).where(own);
      const secret = row?.sealedSecret ? sealer.open(row.sealedSecret) : null;
      const login = row && secret !== null ? { username: row.username, secret } : null;
      return registry.resolve({ image, tag, login, ca: row?.ca ?? null }, signal);
    },
  };
}
