/** The name of a branch or tag without what every ref begins with. */
export const shortRef = (ref: string): string => ref.replace(/^refs\/(heads|tags)\//, '');

/** Characters that no tag of an image may hold become hyphens. */
const asTag = (text: string): string => text.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+/, '');

/**
 * The tag of the image that belongs to a commit, by the template of a trigger. What comes of it may still be no tag; the
 * plan says so.
 *
 * @param ref as events name it, `refs/heads/main`
 */
export function renderTag(template: string, { ref, sha }: { ref: string; sha: string }): string {
  const name = shortRef(ref);
  const parts: Record<string, string> = {
    ...{ sha, short_sha: sha.slice(0, 7), ref: asTag(name) },
    version: asTag(name.replace(/^v(?=\d)/, '')),
  };
  return template.replace(/\{(\w+)\}/g, (_whole, part: string) => parts[part] ?? '');
}
