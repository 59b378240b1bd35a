// The user tower of one version, and the choice of the version: always the one whose vectors are live in the database.

import { userVector } from './features.ts';
import type { FeatureSet, UserPayload } from './payload.ts';
import { prove } from './proof.ts';
import { PublishedVersion, readManifest, type ReadFile } from './published.ts';
import { openRuntime, Tower, type OnnxRuntime } from './runtime.ts';

export interface UserModel {
  version: string;
  /** [embedding_dim], of length 1. */
  embed(payload: UserPayload, asOf: string): Promise<Float32Array>;
}

/** What the vectors in the database were made by. */
export interface LiveVectors {
  version: string;
  embedding_dim: number;
}

function requireFit({ manifest }: PublishedVersion, { schema }: FeatureSet, live: LiveVectors): void {
  const wrong = (what: string, found: unknown, expected: unknown) => new Error(`version ${manifest.version}: ${what} ${found}, expected ${expected}`);
  if (manifest.version !== live.version) throw wrong('version', manifest.version, `${live.version}, which is live`);
  for (const dim of [manifest.embedding_dim, schema.embedding_dim])
    if (dim !== live.embedding_dim) throw wrong('embedding_dim', dim, `${live.embedding_dim} as in the database`);
  if (schema.input_schema_version !== manifest.input_schema_version)
    throw wrong('input_schema_version', schema.input_schema_version, `${manifest.input_schema_version} as in the manifest`);
}

/** Loads the user tower and proves it; a model that differs from golden.json is not returned. */
export async function loadUserModel(published: PublishedVersion, live: LiveVectors, runtime: OnnxRuntime): Promise<UserModel> {
  const [set, golden, bytes] = await Promise.all([published.featureSet(), published.golden(), published.bytes('user_tower.onnx')]);
  requireFit(published, set, live);
  const tower = await Tower.load(runtime, bytes, set.schema.input_name, 'user_embedding');
  await prove('user tower', tower, golden.users.map((expected) => ({ vector: userVector(set, expected.payload, expected.as_of), expected })));
  return { version: published.manifest.version, embed: (payload, asOf) => tower.embed(userVector(set, payload, asOf)) };
}

/** Keeps the last two models of the process: a rollback finds its model here, and a store that is down does no harm. */
export class UserModels {
  readonly #read: ReadFile;
  readonly #open: () => Promise<OnnxRuntime>;
  readonly #now: () => number;
  readonly #kept: UserModel[] = [];
  #loading: { version: string; model: Promise<UserModel> } | undefined;
  #failed: { version: string; until: number; error: unknown } | undefined;

  constructor(read: ReadFile, open: () => Promise<OnnxRuntime> = openRuntime, now: () => number = Date.now) {
    this.#read = read;
    this.#open = open;
    this.#now = now;
  }

  /** @throws when the model cannot be had or is not right; for the next minute it is not tried again */
  async of(live: LiveVectors): Promise<UserModel> {
    const kept = this.#kept.find(({ version }) => version === live.version);
    if (kept) return kept;
    if (this.#failed?.version === live.version && this.#now() < this.#failed.until) throw this.#failed.error;
    if (this.#loading?.version !== live.version) this.#loading = { version: live.version, model: this.#load(live) };
    return await this.#loading.model;
  }

  async #load(live: LiveVectors): Promise<UserModel> {
    try {
      const model = await loadUserModel(new PublishedVersion(await this.#manifest(live.version), this.#read), live, await this.#open());
      this.#kept.unshift(model);
      this.#kept.length = Math.min(this.#kept.length, 2);
      return model;
    } catch (error) {
      this.#failed = { version: live.version, until: this.#now() + 60_000, error };
      throw error;
    } finally {
      if (this.#loading?.version === live.version) this.#loading = undefined;
    }
  }

  /** From the version's own folder where `current/` is at another, as during a publish and after a rollback, or cannot be read. */
  async #manifest(version: string) {
    const current = await readManifest(this.#read, 'current').catch(() => null);
    return current?.version === version ? current : await readManifest(this.#read, version);
  }
}
