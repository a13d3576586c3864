import { recordsAt, textAt } from '#lib/model/json-fields.ts';

/** An image as a container names it, in its parts. */
export interface ImageReference {
  image: string;
  version: string | null;
  digest: string | null;
}

/** Takes `registry:5000/team/agent:1.2@sha256:…` apart; a colon before the last slash is a port. */
export function imageReference(text: string): ImageReference {
  const [tagged = '', digest = null] = text.split('@', 2);
  const colon = tagged.lastIndexOf(':');
  const hasTag = colon > tagged.lastIndexOf('/');
  return {
    image: hasTag ? tagged.slice(0, colon) : tagged,
    version: hasTag ? tagged.slice(colon + 1) : null,
    digest,
  };
}

/** The image as it is applied: by digest where it is known, so that a tag that moves changes nothing. */
export function imageText({ image, version, digest }: ImageReference): string {
  return `${image}${version === null ? '' : `:${version}`}${digest === null ? '' : `@${digest}`}`;
}

/** The image of a container of a workload, or null where it has no such container. */
export function containerImage(workload: unknown, container: string): ImageReference | null {
  const containers = recordsAt(workload, 'spec', 'template', 'spec', 'containers');
  const found = containers.find((each) => textAt(each, 'name') === container);
  const text = textAt(found, 'image');
  return text === null ? null : imageReference(text);
}
