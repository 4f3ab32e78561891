/** How to type letters that Unicode does not decompose on a keyboard that lacks them. */
const LETTERS: Record<string, string> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  þ: "th",
  ς: "σ",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  ħ: "h",
  ı: "i",
  ŧ: "t",
};
const SPECIAL = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "g");
/** Combining accents, apostrophes, soft hyphens and zero-width characters. */
const IGNORED =
  /[\u0300-\u036f'\u2018\u2019\u201b\u02b9\u02bb\u02bc\u2032`\u00ad\u200b-\u200f\u2060\ufeff]/g;
const SEPARATORS =
  /[ \t\n\r.,;:!?"\u201c-\u201e\u00ab\u00bb()[\]{}/&\u00b7\u2022\u2010-\u2015\u2212\u0964\u0965-]+/;

const MOST_WORDS = 8;

/**
 * Splits text into words without case, accents, apostrophes and punctuation. The SQL function
 * search_fold() folds text in the same way.
 */
export function foldWords(text: string): string[] {
  return text
    .replaceAll("\u00b4", "'")
    .normalize("NFKD")
    .toLowerCase()
    .replace(SPECIAL, (letter) => LETTERS[letter] ?? letter)
    .replace(IGNORED, "")
    .split(SEPARATORS)
    .filter(Boolean);
}

/**
 * Returns the words to search for, at most eight. Adjacent initials become one word, so that
 * "M. S. Krishnan", "M.S. Krishnan" and "MS Krishnan" all search for "ms" and "krishnan".
 */
export function searchWords(query: string): string[] {
  const words: string[] = [];
  let initials = "";
  for (const word of [...foldWords(query), ""]) {
    if (/^\p{L}$/u.test(word)) {
      initials += word;
      continue;
    }
    if (initials) words.push(initials);
    initials = "";
    if (word) words.push(word);
  }
  return words.slice(0, MOST_WORDS);
}

/** Whether a registration has ended. Its last day still counts. @param today as YYYY-MM-DD. */
export const isLapsed = (expiresOn: string, today: string): boolean => expiresOn < today;

/** The given fields of an object, without those that are undefined. */
export function pick<T extends object, K extends string>(
  from: T,
  fields: readonly K[],
): Partial<Pick<T, K & keyof T>> {
  const entries = Object.entries(from).filter(
    ([field, value]) => value !== undefined && fields.some((one) => one === field),
  );
  return Object.fromEntries(entries) as Partial<Pick<T, K & keyof T>>;
}

/** The fields of `wanted` whose values differ from the current ones. */
export function differing<T extends object>(current: object, wanted: T): T {
  const entries = Object.entries(wanted).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(current, field)),
  );
  return Object.fromEntries(entries) as T;
}
