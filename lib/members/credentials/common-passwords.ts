/** What the lists of leaked passwords miss, and everybody who attacks a console like this one tries. */
const ALSO_COMMON = `
00000000 01234567 0123456789 111111111 12121212 22222222 23456789 33333333 44444444 55555555 66666666 77777777
87654321 88888888 98765432 987654321 9876543210 99999999 aaaaaaaa abcdefgh administrator dashboard grafana
kubernetes monitoring p@ssword pa$$word postgres rootroot spring summer autumn winter superuser toor1234 xxxxxxxx
zaq1zaq1
`;

const split = (words: string): string[] => words.trim().split(/\s+/);

/** As lists are kept: one form of each letter, in lower case. */
const fold = (text: string): string => text.normalize('NFKC').toLowerCase();

let listed: Promise<ReadonlySet<string>> | undefined;

/** Loaded when it is first asked, since most processes never do. */
function commonWords(): Promise<ReadonlySet<string>> {
  listed ??= import('./listed-passwords.ts').then(
    ({ LISTED }) => new Set([...split(LISTED), ...split(ALSO_COMMON)]),
  );
  return listed;
}

/** Up to five digits and signs behind a word: what people put there when they must. */
const ENDING = /^(.{4,}?)[\p{N}\p{P}\p{S}]{1,5}$/u;

/** Whether a password stands on a list of leaked ones, in whichever case, or is such a word with an ending. */
export async function isCommonPassword(password: string): Promise<boolean> {
  const words = await commonWords();
  const folded = fold(password);
  const bare = ENDING.exec(folded)?.[1];
  return words.has(folded) || (bare !== undefined && words.has(bare));
}

interface Person {
  email: string;
  name: string;
}

/** Words of the person and of the product: the first that somebody tries who knows whom they attack. */
function contextWords({ email, name }: Person): string[] {
  const [local = '', domain = ''] = fold(email).split('@');
  const parts = [local, ...local.split(/[^\p{L}\p{N}]+/u), ...fold(name).split(/[^\p{L}\p{N}]+/u)];
  return [...new Set([fold(email), ...parts, ...domain.split('.').slice(0, -1), 'pitwall'])]
    .filter((word) => word.length >= 3)
    .toSorted((a, b) => b.length - a.length);
}

/** What may be beside words of the context before a password is one of its own, letters and digits. */
const OWN_AT_LEAST = 5;

/** Whether a password is made of the person's name, their address or the name of the product, and hardly more. */
export function isMadeOfContext(password: string, person: Person): boolean {
  const folded = fold(password);
  const rest = contextWords(person).reduce((left, word) => left.replaceAll(word, ' '), folded);
  return rest !== folded && rest.replaceAll(/[^\p{L}\p{N}]/gu, '').length < OWN_AT_LEAST;
}
