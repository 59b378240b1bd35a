// What the payloads and the files of a published version hold.

/** A row of get_user_embedding_feature_batch; `liked_videos`, oldest first, from v3 on. */
export interface UserPayload {
  user_id: string;
  profile?: { created_at?: string | null } | null;
  decision_stats?: Record<string, number | string | null | undefined> | null;
  price_stats?: { mean?: number | null; median?: number | null } | null;
  tags?: string[] | null;
  performers?: string[] | null;
  liked_videos?: LikedVideo[] | null;
}

export interface LikedVideo {
  video_id: string;
  liked_at: string;
  maker?: string | null;
  label?: string | null;
  series?: string | null;
  source?: string | null;
  price?: number | null;
}

/** A row of get_item_embedding_feature_batch; the members from `title` on are v3's. */
export interface ItemPayload {
  video_id: string;
  price?: number | null;
  duration_seconds?: number | null;
  product_released_at?: string | null;
  tags?: string[] | null;
  performers?: string[] | null;
  title?: string | null;
  description?: string | null;
  maker?: string | null;
  label?: string | null;
  series?: string | null;
  source?: string | null;
  text_vector?: number[] | null;
  image_vector?: number[] | null;
  positive_count?: number | null;
}

export interface Segment {
  name: string;
  size: number;
  type: string;
  features?: string[];
  range?: [number, number];
  vocab?: string;
  from?: string;
  norm?: 'l2' | 'sum';
  edges?: number[];
  half_life_days?: number;
  reference?: string | null;
}

/** feature_schema.json */
export interface FeatureSchema {
  version: string;
  input_schema_version: number;
  input_name: string;
  input_dim: number;
  embedding_dim: number;
  segments: Segment[];
  item_input_name: string;
  item_input_dim: number;
  item_segments: Segment[];
}

export interface Scale {
  mean: number;
  std: number;
}

/** normalizer.json */
export interface Normalizer {
  user_numeric: Record<string, Scale>;
  item_numeric: Record<string, Scale>;
}

/** All that a vector is built from. */
export interface FeatureSet {
  schema: FeatureSchema;
  normalizer: Normalizer;
  /** By file name: token to index. */
  vocabularies: Map<string, Map<string, number>>;
}

/** golden.json */
export interface Golden {
  version: string;
  users: { as_of: string; payload: UserPayload; features: number[]; embedding: number[] }[];
  items: { payload: ItemPayload; features: number[]; embedding: number[] }[];
}

/** manifest.json; the rest of its members are for people. */
export interface Manifest {
  version: string;
  input_schema_version: number;
  embedding_dim: number;
  previous_version: string | null;
  model_meta: unknown;
  files: { path: string; sha256: string; size: number }[];
}
