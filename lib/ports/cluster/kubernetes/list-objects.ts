import { recordsAt, textAt } from '#lib/model/json-fields.ts';
import { ClusterError, type ClusterObject, type ObjectPlace } from '../port.ts';
import { placePath } from './paths.ts';
import type { Transport } from './transport.ts';

const PAGE = 500;

/** What was there, and at which version: a watch goes on from it. */
export interface ObjectList {
  objects: ClusterObject[];
  resourceVersion: string;
}

/** Items of a list say neither their version nor their kind. */
function itemsOf(answer: unknown, { kind: { apiVersion, kind } }: ObjectPlace): ClusterObject[] {
  return recordsAt(answer, 'items').map((item) => ({ ...item, apiVersion, kind }) as ClusterObject);
}

/**
 * Lists in pages. A token to go on with expires after minutes: then the list begins again, in one piece, since what
 * comes with a new token would not be of one moment (deployment S-78).
 */
export async function listObjects(
  transport: Transport,
  place: ObjectPlace,
  { labelSelector }: { labelSelector?: string },
  signal: AbortSignal,
): Promise<ObjectList> {
  const path = placePath(place);
  const selected: Record<string, string> = labelSelector ? { labelSelector } : {};
  const page = (query: Record<string, string>) =>
    transport.json({ method: 'GET', path, query: { ...selected, ...query } }, signal);
  const versionOf = (answer: unknown) => textAt(answer, 'metadata', 'resourceVersion') ?? '';
  const objects: ClusterObject[] = [];
  for (let next = ''; ; ) {
    try {
      const answer = await page({ limit: String(PAGE), ...(next && { continue: next }) });
      objects.push(...itemsOf(answer, place));
      next = textAt(answer, 'metadata', 'continue') ?? '';
      if (!next) return { objects, resourceVersion: versionOf(answer) };
    } catch (error) {
      if (!next || !(error instanceof ClusterError) || error.code !== 'expired') throw error;
      const whole = await page({});
      return { objects: itemsOf(whole, place), resourceVersion: versionOf(whole) };
    }
  }
}
