/** Control characters (C0, DEL, C1) and the separators at which some readers break lines. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

/**
 * Text from outside for whatever prints it: control characters stand there as `\u009b`, so that they neither forge a
 * line nor steer a terminal (security U5). JSON text stays the same JSON.
 *
 * @param keep characters that stay as they are: the end of a line of a log, for one
 */
export function escapeControls(text: string, keep = ''): string {
  return text.replaceAll(CONTROLS, (character) =>
    keep.includes(character) ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
