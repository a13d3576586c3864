/** The name under which credentials of Docker Hub are kept, and what images without a host are of. */
export const DOCKER_HUB = 'docker.io';

/** Where an image is kept, as its name says: a host that can be one, else Docker Hub. */
export interface ImagePlace {
  host: string;
  /** The name within the registry. */
  name: string;
}

/** Takes the name of an image without tag and digest apart, as container runtimes do. */
export function imagePlace(image: string): ImagePlace {
  const slash = image.indexOf('/');
  const first = slash === -1 ? '' : image.slice(0, slash);
  if (/[.:]/.test(first) || first === 'localhost') {
    const host = first === 'index.docker.io' || first === 'registry-1.docker.io' ? DOCKER_HUB : first;
    const name = image.slice(slash + 1);
    return { host, name: host === DOCKER_HUB && !name.includes('/') ? `library/${name}` : name };
  }
  return { host: DOCKER_HUB, name: slash === -1 ? `library/${image}` : image };
}

/** A digest as people read it: enough of it to tell two apart. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
