// Tokenizer words_cjk_bigrams and hash fnv1a32 of feature_schema.json.

const HALF_WIDTH = 'ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン';
const VOICED = 'カキクケコサシスセソタチツテト';

function addSoundMark(folded: string[], semi: boolean): void {
  const last = folded.at(-1) ?? '';
  const code = last.codePointAt(0) ?? 0;
  if (last >= 'ハ' && last <= 'ホ' && (code - 'ハ'.codePointAt(0)!) % 3 === 0)
    folded[folded.length - 1] = String.fromCodePoint(code + (semi ? 2 : 1));
  else if (!semi && last && VOICED.includes(last))
    folded[folded.length - 1] = String.fromCodePoint(code + 1);
  else if (!semi && last === 'ウ')
    folded[folded.length - 1] = 'ヴ';
  else
    folded.push(semi ? '\u309C' : '\u309B');
}

function foldWidth(text: string): string[] {
  const folded: string[] = [];
  for (const c of text) {
    const code = c.codePointAt(0)!;
    if (code >= 0xff01 && code <= 0xff5e) folded.push(String.fromCodePoint(code - 0xfee0));
    else if (code >= 0xff66 && code <= 0xff9d) folded.push(HALF_WIDTH[code - 0xff66]);
    else if (code === 0xff9e || code === 0xff9f) addSoundMark(folded, code === 0xff9f);
    else folded.push(code === 0x3000 ? ' ' : c);
  }
  return folded;
}

function scriptOf(c: string): 'none' | 'cjk' | 'word' {
  if (!/^[\p{L}\p{Nd}]$/u.test(c)) return 'none';
  const code = c.codePointAt(0)!;
  const cjk = (code >= 0x3040 && code <= 0x30ff) || (code >= 0x3400 && code <= 0x9fff) || (code >= 0xf900 && code <= 0xfaff)
    || (code >= 0x20000 && code <= 0x3ffff) || code === 0x3005;
  return cjk ? 'cjk' : 'word';
}

/** In order, with repetition. */
export function tokens(text: string | null | undefined): string[] {
  const found: string[] = [];
  let run: string[] = [];
  let script: 'none' | 'cjk' | 'word' = 'none';
  const flush = () => {
    if (script === 'cjk' && run.length > 1) for (let i = 1; i < run.length; i++) found.push(run[i - 1] + run[i]);
    else if (run.length > 0) found.push(run.join(''));
    run = [];
  };
  for (const c of foldWidth(text ?? '')) {
    const next = scriptOf(c);
    if (next !== script) {
      flush();
      script = next;
    }
    if (next !== 'none') run.push(c.toLowerCase());
  }
  flush();
  return found;
}

/** FNV-1a, 32 bits, of the token's UTF-8. */
export function fnv1a32(token: string): number {
  let hash = 2166136261;
  for (const byte of new TextEncoder().encode(token)) hash = Math.imul(hash ^ byte, 16777619) >>> 0;
  return hash;
}
