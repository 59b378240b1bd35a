import { openContext } from '../_shared/context.ts';
import { updateUserEmbedding } from './handler.ts';

const context = openContext((name) => Deno.env.get(name));
Deno.serve((request) => updateUserEmbedding(request, context));
