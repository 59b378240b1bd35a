// Reads one published version: a file counts only with the size and SHA-256 that the manifest gives it.

import type { FeatureSchema, FeatureSet, Golden, Manifest, Normalizer } from './payload.ts';

/** Reads a path below the store's prefix: `current/manifest.json`, `20260607_190000/user_tower.onnx`. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

const parse = <T>(bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as T;

/**
 * @param base address of the store's prefix, such as `https://cdn.example/two-tower/v3`
 * @param headers what opens a store that is not public
 */
export function storeAt(base: string, send: typeof fetch = fetch, headers: Record<string, string> = {}): ReadFile {
  return async (path) => {
    const response = await send(`${base.replace(/\/+$/, '')}/${path}`, { headers, signal: AbortSignal.timeout(20_000) });
    if (!response.ok) throw new Error(`${path}: HTTP ${response.status}, expected 200`);
    return new Uint8Array(await response.arrayBuffer());
  };
}

/** @param folder `current`, or a version */
export async function readManifest(read: ReadFile, folder: string): Promise<Manifest> {
  const manifest = parse<Manifest>(await read(`${folder}/manifest.json`));
  if (!/^\d{8}_\d{6}$/.test(manifest.version) || !Array.isArray(manifest.files))
    throw new Error(`${folder}/manifest.json: version ${manifest.version}, expected yyyyMMdd_HHmmss and files`);
  return manifest;
}

/** The files of one version at their immutable paths: runtimes keep what they once loaded from `current/`. */
export class PublishedVersion {
  readonly manifest: Manifest;
  readonly #read: ReadFile;

  constructor(manifest: Manifest, read: ReadFile) {
    this.manifest = manifest;
    this.#read = read;
  }

  async bytes(name: string): Promise<Uint8Array> {
    const file = this.manifest.files.find(({ path }) => path === name);
    if (!file) throw new Error(`manifest.json of ${this.manifest.version}: no ${name}`);
    const content = await this.#read(`${this.manifest.version}/${name}`);
    if (content.length !== file.size) throw new Error(`${name}: ${content.length} bytes, expected ${file.size}`);
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content as Uint8Array<ArrayBuffer>));
    const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
    if (found !== file.sha256) throw new Error(`${name}: sha256 ${found}, expected ${file.sha256}`);
    return content;
  }

  async json<T>(name: string): Promise<T> {
    return parse<T>(await this.bytes(name));
  }

  golden(): Promise<Golden> {
    return this.json('golden.json');
  }

  async featureSet(): Promise<FeatureSet> {
    const [schema, normalizer] = await Promise.all([this.json<FeatureSchema>('feature_schema.json'), this.json<Normalizer>('normalizer.json')]);
    const wanted = new Set([...schema.segments, ...schema.item_segments].flatMap(({ vocab }) => vocab ?? []));
    const vocabularies = await Promise.all([...wanted].map(async (name) => {
      const { tokens } = await this.json<{ tokens: string[] }>(name);
      return [name, new Map(tokens.map((token, index) => [token, index]))] as const;
    }));
    return { schema, normalizer, vocabularies: new Map(vocabularies) };
  }
}
