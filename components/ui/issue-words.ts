/** What was refused, in words: `Step 1, delay minutes: Must be at least 1.` */

/** A text with a full stop, so that another sentence can follow it. */
export const asSentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** The place of a value as a person sees it: `rotations.0.participants` is `Rotation 1, participants`. */
function placeOf(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('.')) {
    const last = parts.at(-1);
    if (last !== undefined && /^\d+$/.test(part))
      parts[parts.length - 1] = `${last.replace(/s$/, '')} ${Number(part) + 1}`;
    else parts.push(part.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`));
  }
  const place = parts.join(', ');
  return place.charAt(0).toUpperCase() + place.slice(1);
}

export function issueWords({ path, message }: { path: string; message: string }): string {
  return asSentence(path === '' ? message : `${placeOf(path)}: ${message}`);
}
