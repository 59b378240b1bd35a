import { reply, type Context } from '../_shared/context.ts';
import type { LiveVectors } from '../_shared/model.ts';
import type { UserPayload } from '../_shared/payload.ts';

type Features = { payload: UserPayload; pseudonymised: boolean } & (LiveVectors | { version: null; embedding_dim: null });
type Stored = { live_version: string | null; stored: boolean };

/** Embeds the signed-in user with the live version's tower. What is stored stays as it is when that cannot be done. */
export async function updateUserEmbedding(request: Request, context: Context): Promise<Response> {
  if (request.method !== 'POST') return reply(405, { error: `${request.method}: expected POST` }, { allow: 'POST' });
  try {
    const userId = await context.userOf(request);
    if (!userId) return reply(401, { error: 'no signed-in user' });

    let stored = await embedAndStore(userId, context);
    if (!stored.stored) stored = await embedAndStore(userId, context); // another version went live in between
    return stored.stored
      ? reply(200, { user_id: userId, version: stored.live_version })
      : reply(503, { error: `version ${stored.live_version} went live meanwhile` }, { 'retry-after': '5' });
  } catch (error) {
    console.error('update_user_embedding', error); // the log says why, callers need not know
    return reply(503, { error: 'no fresh embedding at the moment' }, { 'retry-after': '60' });
  }
}

async function embedAndStore(userId: string, { database, models, pseudonym, now }: Context): Promise<Stored> {
  const asOf = now().toISOString();
  const asked = { user_id: userId, as_of: asOf };
  const [{ version, embedding_dim, payload, pseudonymised }] = await database.call<Features>('user_embedding_features', asked);
  if (version === null) throw new Error('no version is live');
  if (pseudonymised && !pseudonym) throw new Error(`version ${version} keeps pseudonyms and RETRAIN_PSEUDONYM_KEY is not set`);

  const model = await models.of({ version, embedding_dim });
  const embedding = `[${(await model.embed(payload, asOf)).join(',')}]`;
  const id = pseudonymised ? await pseudonym!(userId) : userId;
  const [stored] = await database.call<Stored>('store_user_embedding', { user_id: id, embedding, version });
  return stored;
}
