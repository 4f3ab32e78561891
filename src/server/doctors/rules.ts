/** Letters that Unicode does not decompose, as people without that keyboard type them. */
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

/** Folds text as the SQL function search_fold() does: no case, accents, apostrophes or punctuation. */
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
 * The words that a search looks for, at most eight. Initials in a row become one word, so that
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
