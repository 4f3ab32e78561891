-- Search compares folded text: no case, accents, apostrophes or punctuation.
-- searchWords() in src/server/doctors/rules.ts folds a query in the same way; a test compares both for every Latin letter.
CREATE FUNCTION search_fold(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT btrim(regexp_replace(regexp_replace(
    translate(lower(
      replace(replace(replace(replace(replace(replace(replace(replace(replace(
        normalize(translate(t, U&'\00B4', ''''), NFKD),
        'ß', 'ss'), 'ẞ', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'þ', 'th'), 'Þ', 'th'), 'ς', 'σ')),
      'øØłŁđĐðÐħĦıŧŦ', 'oollddddhhitt'),
    -- Combining accents, apostrophes, soft hyphens and zero-width characters vanish …
    '[\u0300-\u036f''\u2018\u2019\u201b\u02b9\u02bb\u02bc\u2032`\u00ad\u200b-\u200f\u2060\ufeff]', '', 'g'),
    -- … while punctuation separates words.
    '[ \t\n\r.,;:!?"\u201c-\u201e\u00ab\u00bb()\[\]{}/&\u00b7\u2022\u2010-\u2015\u2212\u0964\u0965-]+', ' ', 'g'))
$$;

/* Each text twice, as words and run together: "rama krishnan ramakrishnan" is found by both spellings. */
CREATE FUNCTION search_forms(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT search_fold(t) || ' ' || replace(search_fold(t), ' ', '')
$$;

CREATE OR REPLACE FUNCTION doctors_search_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- The space in front lets a search for one letter ask for the beginning of a word.
  NEW.search_text := ' ' || search_forms(NEW.name) || ' ' || coalesce(
    (SELECT string_agg(search_forms(s), ' ') FROM unnest(NEW.specializations) s), '');
  RETURN NEW;
END $$;

-- The trigger rewrites the text of every doctor.
UPDATE doctors SET name = name;
