// node --import ./typescript.mjs text.mjs FILE: for each text of a JSON array its form KC by the platform and its tokens by the edge client.

import { readFile } from 'node:fs/promises';
import { fnv1a32, tokens } from '../../samples/edge-function/_shared/text.ts';

const texts = JSON.parse(await readFile(process.argv[2], 'utf8'));
console.log(JSON.stringify(texts.map((text) => [text.normalize('NFKC'), tokens(text).map((token) => `${token} ${fnv1a32(token)}`)])));
