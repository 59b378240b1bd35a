import { reply, type Context } from '../_shared/context.ts';

interface Recommendation {
  video_id: string;
  score: number;
  rank: number;
}

/** Nobody's id: the database answers with what is popular. */
const NOBODY = '';

/** The nearest videos of the signed-in user; popular ones for nobody, for a user without embedding, and when sign-in or search fail. */
export async function recommendations(request: Request, context: Context): Promise<Response> {
  if (request.method !== 'GET') return reply(405, { error: `${request.method}: expected GET` }, { allow: 'GET' });
  const k = Number(new URL(request.url).searchParams.get('k') ?? 20);
  if (!Number.isInteger(k) || k < 1 || k > 200) return reply(400, { error: 'k: expected a whole number from 1 to 200' });

  const recommend = async (userId: string) => {
    const pseudonym = userId && context.pseudonym ? { embedding_id: await context.pseudonym(userId) } : {};
    return await context.database.call<Recommendation>('recommend_videos', { user_id: userId, k, ...pseudonym });
  };
  try {
    const userId = await context.userOf(request).catch(() => null) ?? NOBODY;
    const items = await recommend(userId).catch((error) => {
      console.error('recommendations', error);
      return recommend(NOBODY);
    });
    return reply(200, { user_id: userId || null, items }, { 'cache-control': 'private, no-store' });
  } catch (error) {
    console.error('recommendations', error);
    return reply(503, { error: 'no recommendations at the moment' }, { 'retry-after': '5' });
  }
}
