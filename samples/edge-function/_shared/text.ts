// Tokenizer nfkc_ngrams and hash fnv1a32 of feature_schema.json.

type Script = 'none' | 'word' | 'kana or Han';

function scriptOf(c: string): Script {
  const code = c.codePointAt(0)!;
  const kanaOrHan = (code >= 0x3040 && code <= 0x30ff) || (code >= 0x3400 && code <= 0x9fff) || (code >= 0xf900 && code <= 0xfaff)
    || (code >= 0x20000 && code <= 0x3ffff) || code === 0x3005;
  return kanaOrHan ? 'kana or Han' : 'word';
}

/** Runs of letters and digits, with the combining marks after them, in lower case. */
function runs(text: string): [script: Script, characters: string[]][] {
  const found: [Script, string[]][] = [];
  let script: Script = 'none';
  for (const c of text.normalize('NFKC')) {
    const next: Script = /^[\p{L}\p{Nd}]$/u.test(c) ? scriptOf(c) : /^\p{M}$/u.test(c) ? script : 'none';
    if (next !== script && next !== 'none') found.push([next, []]);
    script = next;
    if (script !== 'none') found.at(-1)![1].push(...c.toLowerCase());
  }
  return found;
}

/** In order, with repetition: pairs of kana and Han; words, and the triples of longer ones. */
export function tokens(text: string | null | undefined): string[] {
  return runs(text ?? '').flatMap(([script, characters]) => {
    const size = script === 'word' ? 3 : 2;
    const grams = characters.slice(size - 1).map((_, i) => characters.slice(i, i + size).join(''));
    return script === 'word' && characters.length > size ? [characters.join(''), ...grams]
      : script === 'word' || grams.length === 0 ? [characters.join('')] : grams;
  });
}

/** FNV-1a, 32 bits, of the token's UTF-8. */
export function fnv1a32(token: string): number {
  let hash = 2166136261;
  for (const byte of new TextEncoder().encode(token)) hash = Math.imul(hash ^ byte, 16777619) >>> 0;
  return hash;
}
