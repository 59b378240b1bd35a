import { openContext, serving } from '../_shared/context.ts';
import { updateUserEmbedding } from './handler.ts';

Deno.serve(serving(updateUserEmbedding, openContext((name) => Deno.env.get(name))));
